#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Entry of the command line.

import { main } from './main.js';

await main(process.argv);
