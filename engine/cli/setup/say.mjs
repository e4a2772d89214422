/** One plain line to a person. Standard error, so that a command's own output stays clean for whoever reads it. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Ends the process with one line: what happened, what was expected, what to do. */
export function fail(line) {
  say(line);
  process.exit(1);
}
