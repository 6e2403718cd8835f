import { createServer } from "node:http";
import { greeting } from "./greeting.js";

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  response.end(`${greeting(url.searchParams.get("name"))}\n`);
});

server.listen(Number(process.env.PORT ?? 3000));
process.on("SIGTERM", () => server.close());
