#!/usr/bin/env node
/** The `ohmba` command: sees that packages and bundle are up to date, then runs the bundle. */
import './setup/node-version.mjs';
import { isInstalled, install } from './setup/install.mjs';
import { build, isBuilt } from './setup/build.mjs';
import { bundle } from './setup/paths.mjs';
import { pathToFileURL } from 'node:url';

if (!isInstalled()) install();
if (!isBuilt(['kernels', 'node'])) await build(['node']);
await import(pathToFileURL(bundle).href);
