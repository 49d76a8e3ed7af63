-- Sequences

CREATE SEQUENCE migrations_id_seq AS integer START 1 INCREMENT 1;

-- Functions

CREATE OR REPLACE FUNCTION public.audit_extend_chain()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    DECLARE
      last_seq bigint;
      last_hash bytea;
    BEGIN
      PERFORM pg_advisory_xact_lock(4915243907610213);
      SELECT seq, hash INTO last_seq, last_hash FROM audit_chain ORDER BY seq DESC LIMIT 1;
      INSERT INTO audit_chain (seq, event_id, hash)
      VALUES (
        coalesce(last_seq, 0) + 1,
        NEW.id,
        sha256(coalesce(last_hash, decode(repeat('00', 32), 'hex')) || NEW.digest)
      );
      RETURN NULL;
    END
    $function$
;
CREATE OR REPLACE FUNCTION public.audit_refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
      RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
    END
    $function$
;

-- Tables

CREATE TABLE agents (
  server_id uuid NOT NULL,
  origin text NOT NULL,
  rpc_port integer NOT NULL,
  rpc_path text NOT NULL,
  token_sealed bytea NOT NULL,
  secret_key_sealed bytea NOT NULL,
  certificate_fingerprint text,
  certificate_pem text,
  state_epoch text,
  version integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL
);
CREATE TABLE api_tokens (
  id uuid NOT NULL,
  name text NOT NULL,
  prefix text NOT NULL,
  secret_hash bytea NOT NULL,
  role text NOT NULL,
  owner_id uuid,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone
);
CREATE TABLE audit_chain (
  seq bigint NOT NULL,
  event_id uuid NOT NULL,
  hash bytea NOT NULL
);
CREATE TABLE audit_events (
  id uuid NOT NULL,
  at timestamp with time zone NOT NULL,
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  actor_name text NOT NULL,
  actor_role text NOT NULL,
  address text,
  correlation_id text NOT NULL,
  action text NOT NULL,
  object_type text,
  object_id text,
  object_name text,
  outcome text NOT NULL,
  details jsonb NOT NULL,
  digest bytea NOT NULL
);
CREATE TABLE command_inputs (
  id uuid NOT NULL,
  script text,
  secrets_sealed bytea,
  created_at timestamp with time zone NOT NULL
);
CREATE TABLE command_output (
  command_id uuid NOT NULL,
  stream text NOT NULL,
  "offset" bigint NOT NULL,
  bytes bytea NOT NULL
);
CREATE TABLE command_runs (
  id uuid NOT NULL,
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  actor_name text NOT NULL,
  request jsonb NOT NULL,
  selector jsonb NOT NULL,
  input_id uuid,
  idempotency_key text,
  created_at timestamp with time zone NOT NULL
);
CREATE TABLE commands (
  id uuid NOT NULL,
  server_id uuid NOT NULL,
  run_id uuid,
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  actor_name text NOT NULL,
  request jsonb NOT NULL,
  input_id uuid,
  idempotency_key text,
  status text NOT NULL,
  outcome text,
  exit_code integer,
  signal text,
  reason text,
  output_incomplete boolean DEFAULT false NOT NULL,
  stdout_bytes bigint DEFAULT 0 NOT NULL,
  stderr_bytes bigint DEFAULT 0 NOT NULL,
  gaps jsonb DEFAULT '[]'::jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL,
  not_before timestamp with time zone NOT NULL,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  sent_at timestamp with time zone,
  agent_epoch text,
  cancel_grace_ms integer,
  unreachable_since timestamp with time zone,
  unreachable_cause jsonb,
  lease_owner uuid,
  lease_until timestamp with time zone,
  epoch integer DEFAULT 0 NOT NULL,
  forget_at timestamp with time zone
);
CREATE TABLE credentials (
  id uuid NOT NULL,
  username text NOT NULL,
  auth_type text NOT NULL,
  password bytea,
  private_key bytea,
  passphrase bytea,
  sudo_password bytea,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL
);
CREATE TABLE deployment_versions (
  id uuid NOT NULL,
  deployment_id uuid NOT NULL,
  number integer NOT NULL,
  config jsonb NOT NULL,
  secrets_sealed bytea,
  note text,
  copied_from integer,
  actor jsonb NOT NULL,
  outcome text,
  applied_at timestamp with time zone,
  manifest jsonb,
  created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE deployments (
  id uuid NOT NULL,
  kind text NOT NULL,
  server_id uuid NOT NULL,
  state text NOT NULL,
  state_since timestamp with time zone DEFAULT now() NOT NULL,
  resting_state text NOT NULL,
  error jsonb,
  differences jsonb DEFAULT '[]'::jsonb NOT NULL,
  desired_version integer NOT NULL,
  applied_version integer,
  operation_id uuid,
  is_busy boolean DEFAULT false NOT NULL,
  has_begun boolean DEFAULT false NOT NULL,
  seed_sealed bytea NOT NULL,
  last_check_at timestamp with time zone,
  next_check_at timestamp with time zone DEFAULT now() NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE installation_keys (
  name text NOT NULL,
  check_value bytea NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE login_attempts (
  key text NOT NULL,
  failures integer NOT NULL,
  last_at timestamp with time zone NOT NULL,
  blocked_until timestamp with time zone NOT NULL
);
CREATE TABLE manager_instances (
  id uuid NOT NULL,
  started_at timestamp with time zone NOT NULL,
  seen_at timestamp with time zone NOT NULL,
  network_lost_since timestamp with time zone
);
CREATE TABLE migrations (
  id integer DEFAULT nextval('migrations_id_seq'::regclass) NOT NULL,
  "timestamp" bigint NOT NULL,
  name character varying NOT NULL
);
CREATE TABLE operation_batches (
  id uuid NOT NULL,
  limit_parallel integer NOT NULL,
  stop_on_failure boolean NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE operation_log (
  operation_id uuid NOT NULL,
  seq integer NOT NULL,
  step text,
  at timestamp with time zone NOT NULL,
  level text NOT NULL,
  line text NOT NULL
);
CREATE TABLE operation_steps (
  operation_id uuid NOT NULL,
  "position" integer NOT NULL,
  name text NOT NULL,
  title text NOT NULL,
  state text NOT NULL,
  progress_done bigint,
  progress_total bigint,
  progress_unit text,
  error jsonb,
  started_at timestamp with time zone,
  finished_at timestamp with time zone
);
CREATE TABLE operations (
  id uuid NOT NULL,
  type text NOT NULL,
  server_id uuid,
  server_name text NOT NULL,
  params jsonb NOT NULL,
  memory jsonb DEFAULT '{}'::jsonb NOT NULL,
  state text NOT NULL,
  direction text DEFAULT 'forward'::text NOT NULL,
  error jsonb,
  leftovers jsonb DEFAULT '[]'::jsonb NOT NULL,
  cancel_requested_at timestamp with time zone,
  lease_owner text,
  lease_until timestamp with time zone,
  epoch integer DEFAULT 0 NOT NULL,
  attempt integer DEFAULT 1 NOT NULL,
  cleanup_attempts integer DEFAULT 0 NOT NULL,
  cleanup_after timestamp with time zone,
  log_seq integer DEFAULT 0 NOT NULL,
  actor jsonb NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  batch_id uuid
);
CREATE TABLE playbook_run_servers (
  run_id uuid NOT NULL,
  server_id uuid NOT NULL,
  server_name text NOT NULL,
  operation_id uuid NOT NULL,
  outcome text,
  exit_code integer,
  recap jsonb,
  current_task jsonb,
  task_seq integer DEFAULT 0 NOT NULL,
  tasks_dropped integer DEFAULT 0 NOT NULL
);
CREATE TABLE playbook_runs (
  id uuid NOT NULL,
  playbook_id uuid,
  playbook_name text NOT NULL,
  playbook_version integer,
  playbook_sha256 text NOT NULL,
  selector jsonb NOT NULL,
  options jsonb NOT NULL,
  given jsonb NOT NULL,
  extra_vars jsonb NOT NULL,
  secret_names jsonb NOT NULL,
  secrets_sealed bytea,
  batch_id uuid,
  retry_of uuid,
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  actor_name text NOT NULL,
  idempotency_key text,
  created_at timestamp with time zone NOT NULL
);
CREATE TABLE playbook_task_results (
  run_id uuid NOT NULL,
  server_id uuid NOT NULL,
  seq integer NOT NULL,
  digest bytea NOT NULL,
  task_id text NOT NULL,
  task text NOT NULL,
  role text,
  play text NOT NULL,
  action text NOT NULL,
  item text,
  status text NOT NULL,
  ignored boolean NOT NULL,
  duration_ms integer NOT NULL,
  message text,
  diff text,
  at timestamp with time zone NOT NULL
);
CREATE TABLE playbook_versions (
  playbook_id uuid NOT NULL,
  version integer NOT NULL,
  content text NOT NULL,
  sha256 text NOT NULL,
  note text NOT NULL,
  variables jsonb NOT NULL,
  secret_defaults jsonb DEFAULT '[]'::jsonb NOT NULL,
  secret_defaults_sealed bytea,
  state text DEFAULT 'draft'::text NOT NULL,
  check_operation_id uuid,
  check_server_id uuid,
  check_message text,
  checked_at timestamp with time zone,
  author jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL
);
CREATE TABLE playbooks (
  id uuid NOT NULL,
  name text NOT NULL,
  description text NOT NULL,
  latest_version integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL
);
CREATE TABLE server_heartbeats (
  server_id uuid NOT NULL,
  due_at timestamp with time zone NOT NULL,
  asked_by uuid,
  followed_by uuid,
  answered_at timestamp with time zone,
  failures integer DEFAULT 0 NOT NULL,
  latency_ms integer,
  clock_skew_ms bigint,
  figures jsonb,
  boot_id text,
  agent_started_at timestamp with time zone,
  agent_restarts timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
  repairs timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL
);
CREATE TABLE server_samples (
  server_id uuid NOT NULL,
  at timestamp with time zone NOT NULL,
  cpu_percent real,
  memory_used_percent real,
  load_1 real NOT NULL,
  network_received_bytes bigint NOT NULL,
  network_sent_bytes bigint NOT NULL
);
CREATE TABLE server_transitions (
  id uuid NOT NULL,
  server_id uuid NOT NULL,
  from_status text,
  to_status text NOT NULL,
  cause jsonb,
  at timestamp with time zone NOT NULL
);
CREATE TABLE servers (
  id uuid NOT NULL,
  name text NOT NULL,
  host text NOT NULL,
  labels jsonb DEFAULT '{}'::jsonb NOT NULL,
  connection text NOT NULL,
  ssh_port integer,
  credential_id uuid,
  host_key_algorithm text,
  host_key_fingerprint text,
  jump_host jsonb,
  status text NOT NULL,
  status_cause jsonb,
  status_since timestamp with time zone NOT NULL,
  machine_id text,
  facts jsonb,
  vitals jsonb,
  agent_version text,
  last_heartbeat_at timestamp with time zone,
  heartbeat_min_seconds integer,
  heartbeat_max_seconds integer,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL
);
CREATE TABLE sessions (
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  secret_hash bytea NOT NULL,
  user_agent text,
  address text,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
  expires_at timestamp with time zone NOT NULL
);
CREATE TABLE setup_code (
  only_one boolean DEFAULT true NOT NULL,
  code_hash bytea NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  failures integer DEFAULT 0 NOT NULL
);
CREATE TABLE users (
  id uuid NOT NULL,
  login text NOT NULL,
  password_hash text NOT NULL,
  role text NOT NULL,
  disabled boolean DEFAULT false NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  last_login_at timestamp with time zone
);
CREATE TABLE xray_folded_epochs (
  deployment_id uuid NOT NULL,
  epoch text NOT NULL
);
CREATE TABLE xray_readings (
  deployment_id uuid NOT NULL,
  due_at timestamp with time zone NOT NULL,
  read_at timestamp with time zone,
  problem text
);
CREATE TABLE xray_subscriptions (
  deployment_id uuid NOT NULL,
  client_id text NOT NULL,
  token_hash bytea NOT NULL,
  created_at timestamp with time zone NOT NULL,
  last_used_at timestamp with time zone
);
CREATE TABLE xray_traffic (
  deployment_id uuid NOT NULL,
  client_id text NOT NULL,
  epoch text NOT NULL,
  uplink bigint NOT NULL,
  downlink bigint NOT NULL,
  seen_at timestamp with time zone NOT NULL
);

-- Constraints

ALTER TABLE agents ADD CONSTRAINT agents_certificate CHECK (((certificate_fingerprint IS NULL) = (certificate_pem IS NULL)));
ALTER TABLE agents ADD CONSTRAINT agents_certificate_fingerprint_check CHECK ((certificate_fingerprint ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE agents ADD CONSTRAINT agents_origin_check CHECK ((origin = ANY (ARRAY['assigned'::text, 'adopted'::text])));
ALTER TABLE agents ADD CONSTRAINT agents_pkey PRIMARY KEY (server_id);
ALTER TABLE agents ADD CONSTRAINT agents_rpc_path_check CHECK ((rpc_path ~ '^[a-z0-9]{16,32}$'::text));
ALTER TABLE agents ADD CONSTRAINT agents_rpc_port_check CHECK (((rpc_port >= 1) AND (rpc_port <= 65535)));
ALTER TABLE agents ADD CONSTRAINT agents_server_id_fkey FOREIGN KEY (server_id) REFERENCES servers(id) ON DELETE CASCADE;
ALTER TABLE api_tokens ADD CONSTRAINT api_tokens_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)));
ALTER TABLE api_tokens ADD CONSTRAINT api_tokens_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE RESTRICT;
ALTER TABLE api_tokens ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);
ALTER TABLE api_tokens ADD CONSTRAINT api_tokens_prefix_check CHECK ((length(prefix) = 8));
ALTER TABLE api_tokens ADD CONSTRAINT api_tokens_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text])));
ALTER TABLE api_tokens ADD CONSTRAINT api_tokens_secret_hash_check CHECK ((octet_length(secret_hash) = 32));
ALTER TABLE api_tokens ADD CONSTRAINT api_tokens_secret_hash_key UNIQUE (secret_hash);
ALTER TABLE audit_chain ADD CONSTRAINT audit_chain_event_id_fkey FOREIGN KEY (event_id) REFERENCES audit_events(id) ON DELETE RESTRICT;
ALTER TABLE audit_chain ADD CONSTRAINT audit_chain_event_id_key UNIQUE (event_id);
ALTER TABLE audit_chain ADD CONSTRAINT audit_chain_hash_check CHECK ((octet_length(hash) = 32));
ALTER TABLE audit_chain ADD CONSTRAINT audit_chain_pkey PRIMARY KEY (seq);
ALTER TABLE audit_chain ADD CONSTRAINT audit_chain_seq_check CHECK ((seq > 0));
ALTER TABLE audit_events ADD CONSTRAINT audit_events_action_check CHECK ((action <> ''::text));
ALTER TABLE audit_events ADD CONSTRAINT audit_events_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['user'::text, 'token'::text, 'cli'::text, 'system'::text, 'anonymous'::text])));
ALTER TABLE audit_events ADD CONSTRAINT audit_events_check CHECK (((object_type IS NULL) = (object_id IS NULL)));
ALTER TABLE audit_events ADD CONSTRAINT audit_events_details_check CHECK ((jsonb_typeof(details) = 'object'::text));
ALTER TABLE audit_events ADD CONSTRAINT audit_events_digest_check CHECK ((octet_length(digest) = 32));
ALTER TABLE audit_events ADD CONSTRAINT audit_events_outcome_check CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text, 'denied'::text])));
ALTER TABLE audit_events ADD CONSTRAINT audit_events_pkey PRIMARY KEY (id);
ALTER TABLE command_inputs ADD CONSTRAINT command_inputs_pkey PRIMARY KEY (id);
ALTER TABLE command_output ADD CONSTRAINT command_output_bytes_check CHECK (((length(bytes) >= 1) AND (length(bytes) <= 262144)));
ALTER TABLE command_output ADD CONSTRAINT command_output_command_id_fkey FOREIGN KEY (command_id) REFERENCES commands(id) ON DELETE CASCADE;
ALTER TABLE command_output ADD CONSTRAINT command_output_offset_check CHECK (("offset" >= 0));
ALTER TABLE command_output ADD CONSTRAINT command_output_pkey PRIMARY KEY (command_id, stream, "offset");
ALTER TABLE command_output ADD CONSTRAINT command_output_stream_check CHECK ((stream = ANY (ARRAY['stdout'::text, 'stderr'::text])));
ALTER TABLE command_runs ADD CONSTRAINT command_runs_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 255)));
ALTER TABLE command_runs ADD CONSTRAINT command_runs_input_id_fkey FOREIGN KEY (input_id) REFERENCES command_inputs(id) ON DELETE RESTRICT;
ALTER TABLE command_runs ADD CONSTRAINT command_runs_pkey PRIMARY KEY (id);
ALTER TABLE commands ADD CONSTRAINT commands_cancel_grace_ms_check CHECK (((cancel_grace_ms >= 0) AND (cancel_grace_ms <= 60000)));
ALTER TABLE commands ADD CONSTRAINT commands_exit_code_check CHECK (((exit_code >= 0) AND (exit_code <= 255)));
ALTER TABLE commands ADD CONSTRAINT commands_finished_at CHECK (((status = 'finished'::text) = (finished_at IS NOT NULL)));
ALTER TABLE commands ADD CONSTRAINT commands_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 255)));
ALTER TABLE commands ADD CONSTRAINT commands_input_id_fkey FOREIGN KEY (input_id) REFERENCES command_inputs(id) ON DELETE RESTRICT;
ALTER TABLE commands ADD CONSTRAINT commands_lease CHECK (((lease_owner IS NULL) = (lease_until IS NULL)));
ALTER TABLE commands ADD CONSTRAINT commands_outcome CHECK (((status = 'finished'::text) = (outcome IS NOT NULL)));
ALTER TABLE commands ADD CONSTRAINT commands_outcome_check CHECK ((outcome = ANY (ARRAY['succeeded'::text, 'failed'::text, 'timed_out'::text, 'cancelled'::text, 'rejected'::text, 'lost'::text])));
ALTER TABLE commands ADD CONSTRAINT commands_pkey PRIMARY KEY (id);
ALTER TABLE commands ADD CONSTRAINT commands_run_id_fkey FOREIGN KEY (run_id) REFERENCES command_runs(id) ON DELETE CASCADE;
ALTER TABLE commands ADD CONSTRAINT commands_server_id_fkey FOREIGN KEY (server_id) REFERENCES servers(id) ON DELETE CASCADE;
ALTER TABLE commands ADD CONSTRAINT commands_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'starting'::text, 'running'::text, 'cancelling'::text, 'finished'::text])));
ALTER TABLE commands ADD CONSTRAINT commands_stderr_bytes_check CHECK ((stderr_bytes >= 0));
ALTER TABLE commands ADD CONSTRAINT commands_stdout_bytes_check CHECK ((stdout_bytes >= 0));
ALTER TABLE credentials ADD CONSTRAINT credentials_auth_type_check CHECK ((auth_type = ANY (ARRAY['password'::text, 'private_key'::text])));
ALTER TABLE credentials ADD CONSTRAINT credentials_pkey PRIMARY KEY (id);
ALTER TABLE credentials ADD CONSTRAINT credentials_secret CHECK ((((auth_type = 'password'::text) = (password IS NOT NULL)) AND ((auth_type = 'private_key'::text) = (private_key IS NOT NULL)) AND ((passphrase IS NULL) OR (private_key IS NOT NULL))));
ALTER TABLE credentials ADD CONSTRAINT credentials_username_check CHECK (((length(username) >= 1) AND (length(username) <= 128)));
ALTER TABLE deployment_versions ADD CONSTRAINT deployment_versions_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployments(id) ON DELETE CASCADE;
ALTER TABLE deployment_versions ADD CONSTRAINT deployment_versions_number UNIQUE (deployment_id, number);
ALTER TABLE deployment_versions ADD CONSTRAINT deployment_versions_number_check CHECK ((number > 0));
ALTER TABLE deployment_versions ADD CONSTRAINT deployment_versions_outcome_check CHECK ((outcome = ANY (ARRAY['healthy'::text, 'rolled_back'::text, 'failed'::text, 'degraded'::text])));
ALTER TABLE deployment_versions ADD CONSTRAINT deployment_versions_pkey PRIMARY KEY (id);
ALTER TABLE deployments ADD CONSTRAINT deployments_desired_version_check CHECK ((desired_version > 0));
ALTER TABLE deployments ADD CONSTRAINT deployments_differences_check CHECK ((jsonb_typeof(differences) = 'array'::text));
ALTER TABLE deployments ADD CONSTRAINT deployments_one_per_kind UNIQUE (server_id, kind);
ALTER TABLE deployments ADD CONSTRAINT deployments_pkey PRIMARY KEY (id);
ALTER TABLE deployments ADD CONSTRAINT deployments_server_id_fkey FOREIGN KEY (server_id) REFERENCES servers(id) ON DELETE CASCADE;
ALTER TABLE deployments ADD CONSTRAINT deployments_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'applying'::text, 'healthy'::text, 'degraded'::text, 'rolled_back'::text, 'failed'::text, 'drifted'::text, 'uninstalling'::text])));
ALTER TABLE installation_keys ADD CONSTRAINT installation_keys_check_value_check CHECK ((octet_length(check_value) = 32));
ALTER TABLE installation_keys ADD CONSTRAINT installation_keys_pkey PRIMARY KEY (name);
ALTER TABLE login_attempts ADD CONSTRAINT login_attempts_pkey PRIMARY KEY (key);
ALTER TABLE manager_instances ADD CONSTRAINT manager_instances_pkey PRIMARY KEY (id);
ALTER TABLE migrations ADD CONSTRAINT "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id);
ALTER TABLE operation_batches ADD CONSTRAINT operation_batches_limit_parallel_check CHECK ((limit_parallel > 0));
ALTER TABLE operation_batches ADD CONSTRAINT operation_batches_pkey PRIMARY KEY (id);
ALTER TABLE operation_log ADD CONSTRAINT operation_log_level_check CHECK ((level = ANY (ARRAY['info'::text, 'warning'::text, 'error'::text])));
ALTER TABLE operation_log ADD CONSTRAINT operation_log_line_check CHECK ((length(line) <= 4096));
ALTER TABLE operation_log ADD CONSTRAINT operation_log_operation_id_fkey FOREIGN KEY (operation_id) REFERENCES operations(id) ON DELETE CASCADE;
ALTER TABLE operation_log ADD CONSTRAINT operation_log_pkey PRIMARY KEY (operation_id, seq);
ALTER TABLE operation_log ADD CONSTRAINT operation_log_seq_check CHECK ((seq > 0));
ALTER TABLE operation_steps ADD CONSTRAINT operation_steps_operation_id_fkey FOREIGN KEY (operation_id) REFERENCES operations(id) ON DELETE CASCADE;
ALTER TABLE operation_steps ADD CONSTRAINT operation_steps_pkey PRIMARY KEY (operation_id, "position");
ALTER TABLE operation_steps ADD CONSTRAINT operation_steps_position_check CHECK (("position" >= 0));
ALTER TABLE operation_steps ADD CONSTRAINT operation_steps_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'running'::text, 'succeeded'::text, 'skipped'::text, 'failed'::text, 'undone'::text, 'undo_failed'::text])));
ALTER TABLE operations ADD CONSTRAINT operations_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES operation_batches(id);
ALTER TABLE operations ADD CONSTRAINT operations_direction_check CHECK ((direction = ANY (ARRAY['forward'::text, 'backward'::text])));
ALTER TABLE operations ADD CONSTRAINT operations_finished CHECK (((finished_at IS NOT NULL) = (state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'cancelled'::text, 'cleanup_pending'::text]))));
ALTER TABLE operations ADD CONSTRAINT operations_lease CHECK (((state = 'running'::text) = ((lease_owner IS NOT NULL) AND (lease_until IS NOT NULL))));
ALTER TABLE operations ADD CONSTRAINT operations_leftovers_check CHECK ((jsonb_typeof(leftovers) = 'array'::text));
ALTER TABLE operations ADD CONSTRAINT operations_pkey PRIMARY KEY (id);
ALTER TABLE operations ADD CONSTRAINT operations_server_id_fkey FOREIGN KEY (server_id) REFERENCES servers(id) ON DELETE SET NULL;
ALTER TABLE operations ADD CONSTRAINT operations_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text, 'cleanup_pending'::text])));
ALTER TABLE playbook_run_servers ADD CONSTRAINT playbook_run_servers_operation_id_fkey FOREIGN KEY (operation_id) REFERENCES operations(id) ON DELETE CASCADE;
ALTER TABLE playbook_run_servers ADD CONSTRAINT playbook_run_servers_outcome_check CHECK ((outcome = ANY (ARRAY['succeeded'::text, 'failed'::text, 'timed_out'::text, 'cancelled'::text, 'rejected'::text, 'lost'::text])));
ALTER TABLE playbook_run_servers ADD CONSTRAINT playbook_run_servers_pkey PRIMARY KEY (run_id, server_id);
ALTER TABLE playbook_run_servers ADD CONSTRAINT playbook_run_servers_run_id_fkey FOREIGN KEY (run_id) REFERENCES playbook_runs(id) ON DELETE CASCADE;
ALTER TABLE playbook_runs ADD CONSTRAINT playbook_runs_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 255)));
ALTER TABLE playbook_runs ADD CONSTRAINT playbook_runs_pkey PRIMARY KEY (id);
ALTER TABLE playbook_runs ADD CONSTRAINT playbook_runs_playbook_id_fkey FOREIGN KEY (playbook_id) REFERENCES playbooks(id) ON DELETE SET NULL;
ALTER TABLE playbook_runs ADD CONSTRAINT playbook_runs_retry_of_fkey FOREIGN KEY (retry_of) REFERENCES playbook_runs(id) ON DELETE SET NULL;
ALTER TABLE playbook_task_results ADD CONSTRAINT playbook_task_results_duration_ms_check CHECK ((duration_ms >= 0));
ALTER TABLE playbook_task_results ADD CONSTRAINT playbook_task_results_pkey PRIMARY KEY (run_id, server_id, seq);
ALTER TABLE playbook_task_results ADD CONSTRAINT playbook_task_results_run_id_server_id_fkey FOREIGN KEY (run_id, server_id) REFERENCES playbook_run_servers(run_id, server_id) ON DELETE CASCADE;
ALTER TABLE playbook_task_results ADD CONSTRAINT playbook_task_results_status_check CHECK ((status = ANY (ARRAY['ok'::text, 'changed'::text, 'failed'::text, 'skipped'::text, 'unreachable'::text])));
ALTER TABLE playbook_versions ADD CONSTRAINT playbook_versions_check CHECK (((state = 'draft'::text) OR (check_operation_id IS NOT NULL)));
ALTER TABLE playbook_versions ADD CONSTRAINT playbook_versions_pkey PRIMARY KEY (playbook_id, version);
ALTER TABLE playbook_versions ADD CONSTRAINT playbook_versions_playbook_id_fkey FOREIGN KEY (playbook_id) REFERENCES playbooks(id) ON DELETE CASCADE;
ALTER TABLE playbook_versions ADD CONSTRAINT playbook_versions_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE playbook_versions ADD CONSTRAINT playbook_versions_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'checking'::text, 'usable'::text, 'invalid'::text])));
ALTER TABLE playbook_versions ADD CONSTRAINT playbook_versions_version_check CHECK ((version > 0));
ALTER TABLE playbooks ADD CONSTRAINT playbooks_latest_version_check CHECK ((latest_version > 0));
ALTER TABLE playbooks ADD CONSTRAINT playbooks_pkey PRIMARY KEY (id);
ALTER TABLE server_heartbeats ADD CONSTRAINT server_heartbeats_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES manager_instances(id) ON DELETE SET NULL;
ALTER TABLE server_heartbeats ADD CONSTRAINT server_heartbeats_failures_check CHECK ((failures >= 0));
ALTER TABLE server_heartbeats ADD CONSTRAINT server_heartbeats_followed_by_fkey FOREIGN KEY (followed_by) REFERENCES manager_instances(id) ON DELETE SET NULL;
ALTER TABLE server_heartbeats ADD CONSTRAINT server_heartbeats_pkey PRIMARY KEY (server_id);
ALTER TABLE server_heartbeats ADD CONSTRAINT server_heartbeats_server_id_fkey FOREIGN KEY (server_id) REFERENCES servers(id) ON DELETE CASCADE;
ALTER TABLE server_samples ADD CONSTRAINT server_samples_pkey PRIMARY KEY (server_id, at);
ALTER TABLE server_samples ADD CONSTRAINT server_samples_server_id_fkey FOREIGN KEY (server_id) REFERENCES servers(id) ON DELETE CASCADE;
ALTER TABLE server_transitions ADD CONSTRAINT server_transitions_pkey PRIMARY KEY (id);
ALTER TABLE server_transitions ADD CONSTRAINT server_transitions_server_id_fkey FOREIGN KEY (server_id) REFERENCES servers(id) ON DELETE CASCADE;
ALTER TABLE servers ADD CONSTRAINT servers_connection_check CHECK ((connection = ANY (ARRAY['ssh'::text, 'local'::text, 'registered'::text])));
ALTER TABLE servers ADD CONSTRAINT servers_credential_id_fkey FOREIGN KEY (credential_id) REFERENCES credentials(id) ON DELETE RESTRICT;
ALTER TABLE servers ADD CONSTRAINT servers_heartbeat_bounds CHECK ((((heartbeat_min_seconds IS NULL) = (heartbeat_max_seconds IS NULL)) AND (heartbeat_min_seconds <= heartbeat_max_seconds)));
ALTER TABLE servers ADD CONSTRAINT servers_heartbeat_max_seconds_check CHECK (((heartbeat_max_seconds >= 1) AND (heartbeat_max_seconds <= 3600)));
ALTER TABLE servers ADD CONSTRAINT servers_heartbeat_min_seconds_check CHECK (((heartbeat_min_seconds >= 1) AND (heartbeat_min_seconds <= 3600)));
ALTER TABLE servers ADD CONSTRAINT servers_host_check CHECK (((length(host) >= 1) AND (length(host) <= 253)));
ALTER TABLE servers ADD CONSTRAINT servers_labels_check CHECK ((jsonb_typeof(labels) = 'object'::text));
ALTER TABLE servers ADD CONSTRAINT servers_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)));
ALTER TABLE servers ADD CONSTRAINT servers_pkey PRIMARY KEY (id);
ALTER TABLE servers ADD CONSTRAINT servers_ssh_login CHECK (((connection = 'ssh'::text) = ((ssh_port IS NOT NULL) AND (credential_id IS NOT NULL))));
ALTER TABLE servers ADD CONSTRAINT servers_ssh_port_check CHECK (((ssh_port >= 1) AND (ssh_port <= 65535)));
ALTER TABLE servers ADD CONSTRAINT servers_status_check CHECK ((status = ANY (ARRAY['new'::text, 'installing'::text, 'online'::text, 'degraded'::text, 'offline'::text, 'install_failed'::text, 'host_key_changed'::text, 'certificate_changed'::text, 'removing'::text])));
ALTER TABLE sessions ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE sessions ADD CONSTRAINT sessions_secret_hash_check CHECK ((octet_length(secret_hash) = 32));
ALTER TABLE sessions ADD CONSTRAINT sessions_secret_hash_key UNIQUE (secret_hash);
ALTER TABLE sessions ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE setup_code ADD CONSTRAINT setup_code_code_hash_check CHECK ((octet_length(code_hash) = 32));
ALTER TABLE setup_code ADD CONSTRAINT setup_code_only_one_check CHECK (only_one);
ALTER TABLE setup_code ADD CONSTRAINT setup_code_pkey PRIMARY KEY (only_one);
ALTER TABLE users ADD CONSTRAINT users_login UNIQUE (login);
ALTER TABLE users ADD CONSTRAINT users_login_check CHECK ((((length(login) >= 1) AND (length(login) <= 64)) AND (login = lower(login))));
ALTER TABLE users ADD CONSTRAINT users_password_hash_check CHECK ((password_hash ~~ '$argon2id$%'::text));
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE users ADD CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text])));
ALTER TABLE xray_folded_epochs ADD CONSTRAINT xray_folded_epochs_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployments(id) ON DELETE CASCADE;
ALTER TABLE xray_folded_epochs ADD CONSTRAINT xray_folded_epochs_pkey PRIMARY KEY (deployment_id, epoch);
ALTER TABLE xray_readings ADD CONSTRAINT xray_readings_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployments(id) ON DELETE CASCADE;
ALTER TABLE xray_readings ADD CONSTRAINT xray_readings_pkey PRIMARY KEY (deployment_id);
ALTER TABLE xray_subscriptions ADD CONSTRAINT xray_subscriptions_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployments(id) ON DELETE CASCADE;
ALTER TABLE xray_subscriptions ADD CONSTRAINT xray_subscriptions_pkey PRIMARY KEY (deployment_id, client_id);
ALTER TABLE xray_subscriptions ADD CONSTRAINT xray_subscriptions_token_hash_key UNIQUE (token_hash);
ALTER TABLE xray_traffic ADD CONSTRAINT xray_traffic_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployments(id) ON DELETE CASCADE;
ALTER TABLE xray_traffic ADD CONSTRAINT xray_traffic_downlink_check CHECK ((downlink >= 0));
ALTER TABLE xray_traffic ADD CONSTRAINT xray_traffic_pkey PRIMARY KEY (deployment_id, client_id, epoch);
ALTER TABLE xray_traffic ADD CONSTRAINT xray_traffic_uplink_check CHECK ((uplink >= 0));

-- Indexes

CREATE UNIQUE INDEX agents_assigned_port ON agents USING btree (rpc_port) WHERE (origin = 'assigned'::text);
CREATE INDEX api_tokens_created ON api_tokens USING btree (created_at, id);
CREATE UNIQUE INDEX api_tokens_name ON api_tokens USING btree (lower(name)) WHERE (revoked_at IS NULL);
CREATE INDEX api_tokens_owner ON api_tokens USING btree (owner_id);
CREATE INDEX audit_events_action ON audit_events USING btree (action, at, id);
CREATE INDEX audit_events_actor ON audit_events USING btree (actor_id, at, id);
CREATE INDEX audit_events_actor_name ON audit_events USING btree (actor_name, at, id);
CREATE INDEX audit_events_at ON audit_events USING btree (at, id);
CREATE INDEX audit_events_correlation ON audit_events USING btree (correlation_id);
CREATE INDEX audit_events_object ON audit_events USING btree (object_type, object_id, at, id);
CREATE INDEX audit_events_object_id ON audit_events USING btree (object_id, at, id);
CREATE INDEX audit_events_outcome ON audit_events USING btree (outcome, at, id);
CREATE UNIQUE INDEX command_runs_idempotency ON command_runs USING btree (actor_kind, actor_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX command_runs_input ON command_runs USING btree (input_id);
CREATE INDEX command_runs_newest ON command_runs USING btree (created_at, id);
CREATE INDEX commands_by_actor ON commands USING btree (actor_id, created_at, id);
CREATE INDEX commands_by_input ON commands USING btree (input_id) WHERE (input_id IS NOT NULL);
CREATE INDEX commands_by_outcome ON commands USING btree (outcome, created_at, id);
CREATE INDEX commands_by_run ON commands USING btree (run_id) WHERE (run_id IS NOT NULL);
CREATE INDEX commands_by_server ON commands USING btree (server_id, created_at, id);
CREATE INDEX commands_finished ON commands USING btree (finished_at) WHERE (finished_at IS NOT NULL);
CREATE UNIQUE INDEX commands_idempotency ON commands USING btree (actor_kind, actor_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX commands_newest ON commands USING btree (created_at, id);
CREATE INDEX commands_to_forget ON commands USING btree (forget_at) WHERE (forget_at IS NOT NULL);
CREATE INDEX commands_unfinished ON commands USING btree (server_id, created_at, id) WHERE (status <> 'finished'::text);
CREATE INDEX deployments_by_kind ON deployments USING btree (kind, id);
CREATE INDEX deployments_due ON deployments USING btree (next_check_at);
CREATE INDEX login_attempts_last ON login_attempts USING btree (last_at);
CREATE INDEX operations_by_batch ON operations USING btree (batch_id, id) WHERE (batch_id IS NOT NULL);
CREATE INDEX operations_by_server ON operations USING btree (server_id, id);
CREATE INDEX operations_by_state ON operations USING btree (state, id);
CREATE INDEX operations_by_type ON operations USING btree (type, id);
CREATE UNIQUE INDEX operations_one_per_server ON operations USING btree (server_id) WHERE (state = 'running'::text);
CREATE INDEX operations_open ON operations USING btree (id) WHERE (state = ANY (ARRAY['pending'::text, 'running'::text, 'cleanup_pending'::text]));
CREATE INDEX playbook_run_servers_by_server ON playbook_run_servers USING btree (server_id);
CREATE UNIQUE INDEX playbook_run_servers_operation ON playbook_run_servers USING btree (operation_id);
CREATE INDEX playbook_runs_by_playbook ON playbook_runs USING btree (playbook_name, created_at, id);
CREATE INDEX playbook_runs_by_playbook_id ON playbook_runs USING btree (playbook_id) WHERE (playbook_id IS NOT NULL);
CREATE UNIQUE INDEX playbook_runs_idempotency ON playbook_runs USING btree (actor_kind, actor_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX playbook_runs_newest ON playbook_runs USING btree (created_at, id);
CREATE INDEX playbook_runs_retries ON playbook_runs USING btree (retry_of) WHERE (retry_of IS NOT NULL);
CREATE UNIQUE INDEX playbook_task_results_once ON playbook_task_results USING btree (run_id, server_id, digest);
CREATE INDEX playbook_versions_usable ON playbook_versions USING btree (playbook_id, version) WHERE (state = 'usable'::text);
CREATE UNIQUE INDEX playbooks_name ON playbooks USING btree (lower(name));
CREATE INDEX server_heartbeats_asked_by ON server_heartbeats USING btree (asked_by) WHERE (asked_by IS NOT NULL);
CREATE INDEX server_heartbeats_due ON server_heartbeats USING btree (due_at);
CREATE INDEX server_heartbeats_followed_by ON server_heartbeats USING btree (followed_by) WHERE (followed_by IS NOT NULL);
CREATE INDEX server_transitions_by_server ON server_transitions USING btree (server_id, at, id);
CREATE INDEX servers_credential ON servers USING btree (credential_id);
CREATE INDEX servers_labels ON servers USING gin (labels jsonb_path_ops);
CREATE UNIQUE INDEX servers_machine_id ON servers USING btree (machine_id) WHERE (machine_id IS NOT NULL);
CREATE UNIQUE INDEX servers_name ON servers USING btree (lower(name) COLLATE "C");
CREATE INDEX servers_status ON servers USING btree (status);
CREATE INDEX sessions_expires ON sessions USING btree (expires_at);
CREATE INDEX sessions_user ON sessions USING btree (user_id, created_at, id);
CREATE INDEX users_created ON users USING btree (created_at, id);

-- Triggers

CREATE TRIGGER audit_chain_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_chain FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_events_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE CONSTRAINT TRIGGER audit_events_chain AFTER INSERT ON audit_events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_extend_chain();
