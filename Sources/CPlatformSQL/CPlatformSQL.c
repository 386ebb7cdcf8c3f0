#include "CPlatformSQL.h"

// `#embed` is of C23; the compiler has it in every mode and would only mention that.
#pragma clang diagnostic ignored "-Wc23-extensions"

// Every file below this folder, in the order of their paths; a test sees to it that none is missing.

static const char auth[] = {
#embed "platform/auth.sql"
};
static const char delegation[] = {
#embed "platform/delegation.sql"
};
static const char extension_rights[] = {
#embed "platform/extension-rights.sql"
};
static const char history[] = {
#embed "platform/history.sql"
};
static const char homebase[] = {
#embed "platform/homebase.sql"
};
static const char parameters[] = {
#embed "platform/parameters.sql"
};
static const char realtime_functions[] = {
#embed "platform/realtime-functions.sql"
};
static const char realtime[] = {
#embed "platform/realtime.sql"
};
static const char roles[] = {
#embed "platform/roles.sql"
};
static const char schemas[] = {
#embed "platform/schemas.sql"
};
static const char storage_functions[] = {
#embed "platform/storage-functions.sql"
};
static const char storage[] = {
#embed "platform/storage.sql"
};
static const char upgrades_0002_complete_schemas[] = {
#embed "platform/upgrades/0002-complete-schemas.sql"
};
static const char upgrades_0003_move_extensions[] = {
#embed "platform/upgrades/0003-move-extensions.sql"
};
static const char webhooks[] = {
#embed "platform/webhooks.sql"
};
static const char ext_basejump_supabase_test_helpers_basejump_supabase_test_helpers_0_0_4_0_0_6_sql[] = {
#embed "extensions/basejump-supabase_test_helpers/basejump-supabase_test_helpers--0.0.4--0.0.6.sql"
};
static const char ext_basejump_supabase_test_helpers_basejump_supabase_test_helpers_0_0_5_0_0_6_sql[] = {
#embed "extensions/basejump-supabase_test_helpers/basejump-supabase_test_helpers--0.0.5--0.0.6.sql"
};
static const char ext_basejump_supabase_test_helpers_basejump_supabase_test_helpers_0_0_6_0_0_4_sql[] = {
#embed "extensions/basejump-supabase_test_helpers/basejump-supabase_test_helpers--0.0.6--0.0.4.sql"
};
static const char ext_basejump_supabase_test_helpers_basejump_supabase_test_helpers_0_0_6_0_0_5_sql[] = {
#embed "extensions/basejump-supabase_test_helpers/basejump-supabase_test_helpers--0.0.6--0.0.5.sql"
};
static const char ext_basejump_supabase_test_helpers_basejump_supabase_test_helpers_0_0_6_sql[] = {
#embed "extensions/basejump-supabase_test_helpers/basejump-supabase_test_helpers--0.0.6.sql"
};
static const char ext_basejump_supabase_test_helpers_basejump_supabase_test_helpers_control[] = {
#embed "extensions/basejump-supabase_test_helpers/basejump-supabase_test_helpers.control"
};
static const char ext_http_http_1_6_sql[] = {
#embed "extensions/http/http--1.6.sql"
};
static const char ext_http_http_control[] = {
#embed "extensions/http/http.control"
};
static const char ext_hypopg_hypopg_1_4_1_sql[] = {
#embed "extensions/hypopg/hypopg--1.4.1.sql"
};
static const char ext_hypopg_hypopg_control[] = {
#embed "extensions/hypopg/hypopg.control"
};
static const char ext_index_advisor_index_advisor_0_2_0_sql[] = {
#embed "extensions/index_advisor/index_advisor--0.2.0.sql"
};
static const char ext_index_advisor_index_advisor_control[] = {
#embed "extensions/index_advisor/index_advisor.control"
};
static const char ext_pg_cron_pg_cron_1_6_4_sql[] = {
#embed "extensions/pg_cron/pg_cron--1.6.4.sql"
};
static const char ext_pg_cron_pg_cron_control[] = {
#embed "extensions/pg_cron/pg_cron.control"
};
static const char ext_pg_graphql_pg_graphql_1_5_11_sql[] = {
#embed "extensions/pg_graphql/pg_graphql--1.5.11.sql"
};
static const char ext_pg_graphql_pg_graphql_control[] = {
#embed "extensions/pg_graphql/pg_graphql.control"
};
static const char ext_pg_hashids_pg_hashids_1_3_sql[] = {
#embed "extensions/pg_hashids/pg_hashids--1.3.sql"
};
static const char ext_pg_hashids_pg_hashids_control[] = {
#embed "extensions/pg_hashids/pg_hashids.control"
};
static const char ext_pg_jsonschema_pg_jsonschema_0_3_3_sql[] = {
#embed "extensions/pg_jsonschema/pg_jsonschema--0.3.3.sql"
};
static const char ext_pg_jsonschema_pg_jsonschema_control[] = {
#embed "extensions/pg_jsonschema/pg_jsonschema.control"
};
static const char ext_pg_net_pg_net_0_19_5_sql[] = {
#embed "extensions/pg_net/pg_net--0.19.5.sql"
};
static const char ext_pg_net_pg_net_control[] = {
#embed "extensions/pg_net/pg_net.control"
};
static const char ext_pg_tle_pg_tle_1_4_0_sql[] = {
#embed "extensions/pg_tle/pg_tle--1.4.0.sql"
};
static const char ext_pg_tle_pg_tle_control[] = {
#embed "extensions/pg_tle/pg_tle.control"
};
static const char ext_pgjwt_pgjwt_0_2_0_sql[] = {
#embed "extensions/pgjwt/pgjwt--0.2.0.sql"
};
static const char ext_pgjwt_pgjwt_control[] = {
#embed "extensions/pgjwt/pgjwt.control"
};
static const char ext_pgmq_pgmq_1_5_1_sql[] = {
#embed "extensions/pgmq/pgmq--1.5.1.sql"
};
static const char ext_pgmq_pgmq_control[] = {
#embed "extensions/pgmq/pgmq.control"
};
static const char ext_pgsodium_pgsodium_3_1_8_sql[] = {
#embed "extensions/pgsodium/pgsodium--3.1.8.sql"
};
static const char ext_pgsodium_pgsodium_control[] = {
#embed "extensions/pgsodium/pgsodium.control"
};
static const char ext_supabase_dbdev_supabase_dbdev_0_0_5_sql[] = {
#embed "extensions/supabase-dbdev/supabase-dbdev--0.0.5.sql"
};
static const char ext_supabase_dbdev_supabase_dbdev_control[] = {
#embed "extensions/supabase-dbdev/supabase-dbdev.control"
};
static const char ext_supabase_vault_supabase_vault_0_3_1_sql[] = {
#embed "extensions/supabase_vault/supabase_vault--0.3.1.sql"
};
static const char ext_supabase_vault_supabase_vault_control[] = {
#embed "extensions/supabase_vault/supabase_vault.control"
};
static const char ext_vector_vector_0_8_0_sql[] = {
#embed "extensions/vector/vector--0.8.0.sql"
};
static const char ext_vector_vector_control[] = {
#embed "extensions/vector/vector.control"
};

#define FILE_AT(path, bytes) {path, bytes, sizeof bytes}

static const homebase_platform_file files[] = {
    FILE_AT("platform/auth.sql", auth),
    FILE_AT("platform/delegation.sql", delegation),
    FILE_AT("platform/extension-rights.sql", extension_rights),
    FILE_AT("platform/history.sql", history),
    FILE_AT("platform/homebase.sql", homebase),
    FILE_AT("platform/parameters.sql", parameters),
    FILE_AT("platform/realtime-functions.sql", realtime_functions),
    FILE_AT("platform/realtime.sql", realtime),
    FILE_AT("platform/roles.sql", roles),
    FILE_AT("platform/schemas.sql", schemas),
    FILE_AT("platform/storage-functions.sql", storage_functions),
    FILE_AT("platform/storage.sql", storage),
    FILE_AT("platform/upgrades/0002-complete-schemas.sql", upgrades_0002_complete_schemas),
    FILE_AT("platform/upgrades/0003-move-extensions.sql", upgrades_0003_move_extensions),
    FILE_AT("platform/webhooks.sql", webhooks),
    FILE_AT("extensions/basejump-supabase_test_helpers/basejump-supabase_test_helpers--0.0.4--0.0.6.sql",
            ext_basejump_supabase_test_helpers_basejump_supabase_test_helpers_0_0_4_0_0_6_sql),
    FILE_AT("extensions/basejump-supabase_test_helpers/basejump-supabase_test_helpers--0.0.5--0.0.6.sql",
            ext_basejump_supabase_test_helpers_basejump_supabase_test_helpers_0_0_5_0_0_6_sql),
    FILE_AT("extensions/basejump-supabase_test_helpers/basejump-supabase_test_helpers--0.0.6--0.0.4.sql",
            ext_basejump_supabase_test_helpers_basejump_supabase_test_helpers_0_0_6_0_0_4_sql),
    FILE_AT("extensions/basejump-supabase_test_helpers/basejump-supabase_test_helpers--0.0.6--0.0.5.sql",
            ext_basejump_supabase_test_helpers_basejump_supabase_test_helpers_0_0_6_0_0_5_sql),
    FILE_AT("extensions/basejump-supabase_test_helpers/basejump-supabase_test_helpers--0.0.6.sql",
            ext_basejump_supabase_test_helpers_basejump_supabase_test_helpers_0_0_6_sql),
    FILE_AT("extensions/basejump-supabase_test_helpers/basejump-supabase_test_helpers.control",
            ext_basejump_supabase_test_helpers_basejump_supabase_test_helpers_control),
    FILE_AT("extensions/http/http--1.6.sql", ext_http_http_1_6_sql),
    FILE_AT("extensions/http/http.control", ext_http_http_control),
    FILE_AT("extensions/hypopg/hypopg--1.4.1.sql", ext_hypopg_hypopg_1_4_1_sql),
    FILE_AT("extensions/hypopg/hypopg.control", ext_hypopg_hypopg_control),
    FILE_AT("extensions/index_advisor/index_advisor--0.2.0.sql",
            ext_index_advisor_index_advisor_0_2_0_sql),
    FILE_AT("extensions/index_advisor/index_advisor.control",
            ext_index_advisor_index_advisor_control),
    FILE_AT("extensions/pg_cron/pg_cron--1.6.4.sql", ext_pg_cron_pg_cron_1_6_4_sql),
    FILE_AT("extensions/pg_cron/pg_cron.control", ext_pg_cron_pg_cron_control),
    FILE_AT("extensions/pg_graphql/pg_graphql--1.5.11.sql", ext_pg_graphql_pg_graphql_1_5_11_sql),
    FILE_AT("extensions/pg_graphql/pg_graphql.control", ext_pg_graphql_pg_graphql_control),
    FILE_AT("extensions/pg_hashids/pg_hashids--1.3.sql", ext_pg_hashids_pg_hashids_1_3_sql),
    FILE_AT("extensions/pg_hashids/pg_hashids.control", ext_pg_hashids_pg_hashids_control),
    FILE_AT("extensions/pg_jsonschema/pg_jsonschema--0.3.3.sql",
            ext_pg_jsonschema_pg_jsonschema_0_3_3_sql),
    FILE_AT("extensions/pg_jsonschema/pg_jsonschema.control",
            ext_pg_jsonschema_pg_jsonschema_control),
    FILE_AT("extensions/pg_net/pg_net--0.19.5.sql", ext_pg_net_pg_net_0_19_5_sql),
    FILE_AT("extensions/pg_net/pg_net.control", ext_pg_net_pg_net_control),
    FILE_AT("extensions/pg_tle/pg_tle--1.4.0.sql", ext_pg_tle_pg_tle_1_4_0_sql),
    FILE_AT("extensions/pg_tle/pg_tle.control", ext_pg_tle_pg_tle_control),
    FILE_AT("extensions/pgjwt/pgjwt--0.2.0.sql", ext_pgjwt_pgjwt_0_2_0_sql),
    FILE_AT("extensions/pgjwt/pgjwt.control", ext_pgjwt_pgjwt_control),
    FILE_AT("extensions/pgmq/pgmq--1.5.1.sql", ext_pgmq_pgmq_1_5_1_sql),
    FILE_AT("extensions/pgmq/pgmq.control", ext_pgmq_pgmq_control),
    FILE_AT("extensions/pgsodium/pgsodium--3.1.8.sql", ext_pgsodium_pgsodium_3_1_8_sql),
    FILE_AT("extensions/pgsodium/pgsodium.control", ext_pgsodium_pgsodium_control),
    FILE_AT("extensions/supabase-dbdev/supabase-dbdev--0.0.5.sql",
            ext_supabase_dbdev_supabase_dbdev_0_0_5_sql),
    FILE_AT("extensions/supabase-dbdev/supabase-dbdev.control",
            ext_supabase_dbdev_supabase_dbdev_control),
    FILE_AT("extensions/supabase_vault/supabase_vault--0.3.1.sql",
            ext_supabase_vault_supabase_vault_0_3_1_sql),
    FILE_AT("extensions/supabase_vault/supabase_vault.control",
            ext_supabase_vault_supabase_vault_control),
    FILE_AT("extensions/vector/vector--0.8.0.sql", ext_vector_vector_0_8_0_sql),
    FILE_AT("extensions/vector/vector.control", ext_vector_vector_control),
};

const homebase_platform_file *homebase_platform_files(size_t *count) {
  *count = sizeof files / sizeof files[0];
  return files;
}
