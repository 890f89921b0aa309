/** Writes small images of every kind, from the descriptions of their formats that the readers name. */
export * from './make/boot.ts';
export * from './make/bytes.ts';
export * from './make/firmware.ts';
export * from './make/kernels.ts';
