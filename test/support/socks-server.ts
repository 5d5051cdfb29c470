/** A small SOCKS 5 proxy (RFC 1928, RFC 1929) that sends every host name to one port of this machine. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface SocksServer {
  readonly port: number;
  /** What it was asked to connect to: "name example.org:80", or "address 127.0.0.1:80" where the client looked it up. */
  readonly asked: readonly string[];
  readonly stop: () => Promise<void>;
}

export interface SocksOptions {
  /** Where every connection ends; null: each is refused. */
  readonly target: number | null;
  /** "user:password" that it demands; without it nobody needs one. */
  readonly login?: string;
}

const VERSION = 5;
const REPLY = { done: 0, refused: 5 };

export async function socksServer({ target, login }: SocksOptions): Promise<SocksServer> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on("error", () => client.destroy());
    serve(client).catch(() => client.destroy());
  });

  async function serve(client: Socket): Promise<void> {
    const [, methods = 0] = await take(client, 2);
    await take(client, methods);
    client.write(Uint8Array.of(VERSION, login === undefined ? 0 : 2));
    if (login !== undefined) {
      const user = await text(client, 1);
      const password = await text(client, 0);
      const right = `${user}:${password}` === login;
      client.write(Uint8Array.of(1, right ? 0 : 1));
      if (!right) return void client.end();
    }
    const [, , , kind] = await take(client, 4);
    const host = kind === 3 ? await text(client, 0) : [...(await take(client, kind === 4 ? 16 : 4))].join(".");
    const port = (await take(client, 2)).readUInt16BE();
    asked.push(`${kind === 3 ? "name" : "address"} ${host}:${port}`);
    const reply = (code: number) => client.write(Uint8Array.of(VERSION, code, 0, 1, 0, 0, 0, 0, 0, 0));
    if (target === null) return void (reply(REPLY.refused), client.end());
    const upstream = connect(target, "127.0.0.1");
    sockets.add(upstream);
    await once(upstream, "connect");
    reply(REPLY.done);
    upstream.on("error", () => client.destroy());
    client.pipe(upstream).pipe(client);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A length byte behind `skip` others, and so many characters. */
async function text(socket: Socket, skip: number): Promise<string> {
  const head = await take(socket, skip + 1);
  return (await take(socket, head[skip] ?? 0)).toString("latin1");
}

async function take(socket: Socket, bytes: number): Promise<Buffer> {
  if (bytes === 0) return Buffer.alloc(0);
  for (;;) {
    const chunk = socket.read(bytes) as Buffer | null;
    if (chunk !== null) return chunk;
    if (socket.readableEnded || socket.destroyed) throw new Error("the client left");
    await once(socket, "readable");
  }
}
