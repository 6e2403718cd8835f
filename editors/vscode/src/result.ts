// What a command is about: a script, and one of its results.
import * as path from 'node:path';
import * as vscode from 'vscode';

/** What a lens hands to its command; without a target, what the script shows is meant. */
export interface Result {
  uri: string;
  target?: string | null;
}

/** A place as the server tells it. */
export interface Location {
  uri: string;
  range: { start: vscode.Position; end: vscode.Position };
}

/** The result of a lens, or the script before one's eyes. */
export function resultOf(argument: unknown): Result | undefined {
  if (argument instanceof Object && 'uri' in argument && typeof argument.uri === 'string') {
    return argument as Result;
  }
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === 'lua' ? { uri: document.uri.toString() } : undefined;
}

/** What a result is called in titles: `build.lua` or `build.lua.app`. */
export function nameOf({ uri, target }: Result): string {
  const name = path.posix.basename(vscode.Uri.parse(uri).path);
  return target ? `${name}.${target}` : name;
}

/** Whether two spellings name one document: both sides escape URIs in their own way. */
export function isSame(uri: string, other: string): boolean {
  return vscode.Uri.parse(uri).toString() === vscode.Uri.parse(other).toString();
}
