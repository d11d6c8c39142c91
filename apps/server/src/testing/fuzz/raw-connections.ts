import { connect, type Socket } from 'node:net';

/** What came back, in Latin-1. */
export interface RawAnswer {
  /** 0: nothing came before the connection ended. */
  readonly status: number;
  readonly head: string;
  /** Whether its body was as long as it said. */
  readonly isWhole: boolean;
}

export interface RawConnections {
  /** Sends a whole request without a body, on a connection that is free. */
  ask(bytes: string): Promise<RawAnswer>;
  /** Sends any bytes on a connection of their own; the first answer. Where none comes, what was sent is no whole request: it ends there. */
  askOnce(bytes: string): Promise<RawAnswer>;
  close(): void;
}

const PATIENCE_MS = 50;
const NOTHING: RawAnswer = { status: 0, head: '', isWhole: true };

/** Connections that write bytes as they are: for what an HTTP client refuses to send. */
export function openConnections(url: string, size: number): RawConnections {
  const port = Number(new URL(url).port);
  const idle: Socket[] = [];

  function open(): Socket {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.on('error', () => undefined).setEncoding('latin1');
    return socket;
  }

  async function ask(bytes: string): Promise<RawAnswer> {
    const socket = idle.pop() ?? open();
    socket.write(bytes, 'latin1');
    const answer = await readAnswer(socket);
    const isReusable = answer.isWhole && answer.status !== 0 && !/\r\nconnection: close/i.test(answer.head);
    if (isReusable && idle.length < size && !socket.destroyed) idle.push(socket);
    else socket.destroy();
    return answer;
  }

  async function askOnce(bytes: string): Promise<RawAnswer> {
    const socket = open();
    socket.write(bytes, 'latin1');
    const end = setTimeout(() => socket.end(), PATIENCE_MS);
    const answer = await readAnswer(socket);
    clearTimeout(end);
    socket.destroy();
    return answer;
  }

  return {
    ask,
    askOnce,
    close: () => {
      for (const socket of idle) socket.destroy();
    },
  };
}

/** The next answer on a connection. */
function readAnswer(socket: Socket): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = '';
    const finish = (answer: RawAnswer) => {
      socket.off('data', onData).off('close', onClose);
      resolve(answer);
    };
    const onData = (part: string) => {
      text += part;
      const answer = parseAnswer(text);
      if (answer?.isWhole) finish(answer);
    };
    const onClose = () => finish(parseAnswer(text) ?? NOTHING);
    socket.on('data', onData).on('close', onClose);
    if (socket.destroyed) onClose();
  });
}

/** `null`: its head is not whole. */
function parseAnswer(text: string): RawAnswer | null {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const head = text.slice(0, end + 2);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? -1);
  if (status === 100) return parseAnswer(text.slice(end + 4));
  const body = text.slice(end + 4);
  const length = /\r\nContent-Length: (\d+)\r\n/i.exec(head)?.[1];
  const isWhole =
    length === undefined ? !/\r\nTransfer-Encoding: /i.test(head) || body.endsWith('0\r\n\r\n') : body.length >= Number(length);
  return { status, head, isWhole };
}
