/** The kind that has clients to be managed: all that the console knows about it. */
export const KIND_WITH_CLIENTS = 'xray';
