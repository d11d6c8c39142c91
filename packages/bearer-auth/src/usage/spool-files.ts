import {
  chmodSync,
  closeSync,
  fdatasync,
  fsync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const SEGMENT_NAME = /^(\d{12})\.segment$/;

/** The system calls that can fail while the server runs (port: tests let each of them fail). */
export interface SpoolFiles {
  /** A new, empty file, open for writing; refuses an existing one. */
  create(path: string): number;
  /** A file, open for writing, empty whatever was in it. */
  rewrite(path: string): number;
  /** Writes at `position`; answers the number of bytes written, which may be less than asked. */
  write(file: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  truncate(file: number, length: number): void;
  /** Calls back once the file's content is on the disk. */
  sync(file: number, done: (error: Error | null) => void): void;
  /** As `sync`, waited for. */
  syncNow(file: number): void;
  /** A new file survives a power failure only once its directory has been synced too. */
  syncDirectory(directory: string, done: (error: Error | null) => void): void;
  rename(from: string, to: string): void;
  close(file: number): void;
}

export const spoolFiles: SpoolFiles = {
  create: (path) => openSync(path, 'wx', 0o600),
  rewrite: (path) => openSync(path, 'w', 0o600),
  write: (file, bytes, offset, length, position) => writeSync(file, bytes, offset, length, position),
  truncate: (file, length) => ftruncateSync(file, length),
  sync: (file, done) => fdatasync(file, done),
  syncNow: (file) => fsyncSync(file),
  syncDirectory(directory, done) {
    const file = openSync(directory, 'r');
    fsync(file, (error) => {
      closeSync(file);
      done(error);
    });
  },
  rename: (from, to) => renameSync(from, to),
  close: (file) => closeSync(file),
};

/** Creates the directory for its owner only; narrows an existing one. */
export function openSpoolDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
}

export function segmentPath(directory: string, segment: number): string {
  return join(directory, `${String(segment).padStart(12, '0')}.segment`);
}

/** Segments that are there, oldest first, as [number, bytes]. */
export function listSegmentFiles(directory: string): [number, number][] {
  const found: [number, number][] = [];
  for (const name of readdirSync(directory)) {
    const segment = SEGMENT_NAME.exec(name)?.[1];
    if (segment !== undefined) found.push([Number(segment), statSync(join(directory, name)).size]);
  }
  return found.sort(([a], [b]) => a - b);
}

/** Writes all of `bytes` from `position` on; a disk may take them in parts. */
export function writeAll(file: number, bytes: Uint8Array, position: number, files: SpoolFiles): void {
  for (let written = 0; written < bytes.length; ) {
    const count = files.write(file, bytes, written, bytes.length - written, position + written);
    if (count === 0) throw new Error('The file system took none of the bytes.');
    written += count;
  }
}
