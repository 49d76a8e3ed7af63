'use strict';

/** Stands in for the WebSocket library in the agent's bundle: the agent speaks HTTPS only. */
module.exports = class WebSocketUnavailable {
  constructor() {
    throw new Error('The agent has no WebSocket transport.');
  }
};
