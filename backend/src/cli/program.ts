import { Command } from 'commander';
import { runMigrations } from '../platform/database/index.js';
import {
  createAdmin,
  createToken,
  listTokens,
  resetPassword,
  revokeToken,
} from './access-commands.js';
import type { AdminOptions, TokenOptions } from './access-commands.js';
import { accessServices } from './access-services.js';
import type { AccessServices } from './access-services.js';
import { verifyAudit } from './audit-commands.js';
import type { VerifyOptions } from './audit-commands.js';
import { say } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { cliLogger } from './cli-logger.js';
import { connectDatabase, openDatabase } from './database-session.js';
import { runDoctor } from './doctor.js';
import { managerConfig } from './manager-config.js';
import type { ConfigOptions } from './manager-config.js';

/** The command line's commands. Parsing throws a CommanderError instead of ending the process. */
export function buildProgram(io: CliIo, version: string): Command {
  const program = new Command('myx')
    .description('Administers a MyX manager, running or not, on the machine it lives on.')
    .version(version)
    .option('--config <file>', 'the manager’s YAML file')
    .option('--data-dir <directory>', 'the manager’s data directory')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });
  addAdminCommands(program, io);
  addTokenCommands(program, io);
  addAuditCommands(program, io);
  program
    .command('migrate')
    .description('bring the database schema up to date; a start of the manager does so too')
    .action(() => migrate(program, io));
  program
    .command('doctor')
    .description('check everything the manager needs; tells what to do about each problem')
    .action(() => runDoctor(io, program.opts<ConfigOptions>()));
  return program;
}

function addAdminCommands(program: Command, io: CliIo): void {
  const admin = program.command('admin').description('administrators');
  const withLogin = (command: Command): Command =>
    command
      .option('--login <login>', 'asked for when absent')
      .option('--password-stdin', 'take the password from the first line of standard input');
  withLogin(admin.command('create').description('create an administrator')).action(
    (options: AdminOptions) =>
      withServices(program, io, (services) => createAdmin(io, services, options)),
  );
  withLogin(admin.command('reset-password').description('give any user a new password')).action(
    (options: AdminOptions) =>
      withServices(program, io, (services) => resetPassword(io, services, options)),
  );
}

function addTokenCommands(program: Command, io: CliIo): void {
  const token = program.command('token').description('API tokens');
  token
    .command('create')
    .description('make an API token and print it, once')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption('--role <role>', 'viewer, operator or admin')
    .option('--expires <lifetime>', 'such as 90d, 12w or 1y', '90d')
    .action((options: TokenOptions) =>
      withServices(program, io, (services) => createToken(io, services, options)),
    );
  token
    .command('list')
    .description('list the API tokens that are not revoked')
    .action(() => withServices(program, io, (services) => listTokens(io, services)));
  token
    .command('revoke')
    .description('make an API token useless')
    .argument('<name>')
    .action((name: string) =>
      withServices(program, io, (services) => revokeToken(io, services, name)),
    );
}

function addAuditCommands(program: Command, io: CliIo): void {
  program
    .command('audit')
    .description('audit log')
    .command('verify')
    .description('check the hash chain of the audit log')
    .option('--expect <head...>', 'heads that an earlier verification printed')
    .action((options: VerifyOptions) =>
      withServices(program, io, ({ verifier }, dataDir) =>
        verifyAudit(io, verifier, dataDir, options),
      ),
    );
}

async function withServices(
  program: Command,
  io: CliIo,
  work: (services: AccessServices, dataDir: string) => Promise<void>,
): Promise<void> {
  const config = managerConfig(io, program.opts<ConfigOptions>());
  const logger = cliLogger(io);
  const session = await openDatabase(config, logger);
  try {
    await work(accessServices(session.dataSource, logger), config.data_dir);
  } finally {
    await session.close();
  }
}

async function migrate(program: Command, io: CliIo): Promise<void> {
  const config = managerConfig(io, program.opts<ConfigOptions>());
  const session = await connectDatabase(config, cliLogger(io));
  try {
    const applied = await runMigrations(session.dataSource);
    for (const name of applied) say(io, name);
    say(
      io,
      applied.length === 0
        ? 'The database schema is up to date.'
        : `Applied ${applied.length} migrations.`,
    );
  } finally {
    await session.close();
  }
}
