#!/usr/bin/env node
/** The `ohmba` command: sees that packages and bundle are up to date, then runs the bundle. */
import './setup/node-version.mjs';
import { pathToFileURL } from 'node:url';
import { installAndBuild, isBuilt } from './setup/build.mjs';
import { isInstalled } from './setup/install.mjs';
import { bundle } from './setup/paths.mjs';

if (!isInstalled() || !isBuilt(['kernels', 'node'])) await installAndBuild(['node']);
await import(pathToFileURL(bundle).href);
