"""Answers with a greeting."""

from flask import Flask, request

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    return f"Hello, {request.args.get('name', 'world')}!\n"
