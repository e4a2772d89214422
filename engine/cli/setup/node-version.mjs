import { fail } from './say.mjs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19))
  fail(
    `ohmba: this is Node ${process.versions.node}; it needs Node 20.19 or newer: install one from https://nodejs.org and run again`,
  );
