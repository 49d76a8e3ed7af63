import { DefaultNamingStrategy } from 'typeorm';

/** `rpcPort` → `rpc_port`, `SSHKey` → `ssh_key`, `ipV4Address` → `ip_v4_address`. */
export function snakeCase(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

/**
 * Tables and columns in snake_case, as SQL reads best unquoted. Names given in a decorator are kept as
 * they are written.
 */
export class SnakeNaming extends DefaultNamingStrategy {
  override tableName(className: string, given: string | undefined): string {
    return given ?? snakeCase(className);
  }

  override columnName(
    propertyName: string,
    given: string | undefined,
    embeddedPrefixes: string[],
  ): string {
    const prefix = embeddedPrefixes.map((name) => `${snakeCase(name)}_`).join('');
    return prefix + (given ?? snakeCase(propertyName));
  }

  override relationName(propertyName: string): string {
    return snakeCase(propertyName);
  }

  override joinColumnName(relationName: string, referencedColumnName: string): string {
    return `${snakeCase(relationName)}_${snakeCase(referencedColumnName)}`;
  }

  override joinTableName(first: string, second: string, firstProperty: string): string {
    return `${snakeCase(first)}_${snakeCase(firstProperty.replaceAll('.', '_'))}_${snakeCase(second)}`;
  }

  override joinTableColumnName(table: string, property: string, column?: string): string {
    return `${snakeCase(table)}_${column ?? snakeCase(property)}`;
  }
}
