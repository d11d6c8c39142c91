/** The oldest Node whose type stripping and built-in modules everything here was written for. */
const REQUIRED_MAJOR = 26;

/** Says what to do and ends the process where Node is too old. Uses nothing that an older one lacks. */
export function requireNode(version: string = process.versions.node): void {
  if (Number(version.split('.')[0]) >= REQUIRED_MAJOR) return;
  process.stderr.write(
    `Latchkey needs Node.js ${REQUIRED_MAJOR} or newer and was started with ${version}. Start it with "npm start", which brings the right one along.\n`,
  );
  process.exit(1);
}
