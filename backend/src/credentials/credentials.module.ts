import { Module } from '@nestjs/common';
import { CredentialsService } from './credentials.service.js';

/** Stored SSH logins. Has no routes: logins are entered with the server they belong to. */
@Module({ providers: [CredentialsService], exports: [CredentialsService] })
export class CredentialsModule {}
