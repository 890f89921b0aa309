#!/usr/bin/env node
require('../dist/start.cjs').start(require, require('node:path').resolve(__dirname, '../dist'));
