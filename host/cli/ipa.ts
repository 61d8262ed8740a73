#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Entry of the command line.

import { endWhenOutputIsLost } from './lost-output.js';
import { main } from './main.js';

endWhenOutputIsLost(process.stdout, process.stderr, (status) => process.exit(status));
await main(process.argv);
// What could only half be opened, such as one of two servers, must not keep a program alive that has failed.
if (process.exitCode) process.stderr.write('', () => process.stdout.write('', () => process.exit()));
