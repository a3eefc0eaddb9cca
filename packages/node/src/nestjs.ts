/**
 * NestJS 11 and 12, on Express and on Fastify. Nest itself is not imported: its providers are made by factories, which need no
 * decorators, so that the version is the app's.
 */
export { WhisperrModule } from "./nestjs/module.ts";
export type { NestRequest, WhisperrModuleAsyncOptions, WhisperrModuleOptions } from "./nestjs/options.ts";
export { RequestWhisperr, WhisperrRecording, WhisperrService } from "./nestjs/services.ts";
