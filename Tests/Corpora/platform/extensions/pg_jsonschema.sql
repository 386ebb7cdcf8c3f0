-- A check constraint with a schema, as the extension's page has it, and each word of the drafts.
create extension if not exists pg_jsonschema with schema extensions;
create extension if not exists pg_jsonschema;

create table public.customer (
  id serial primary key,
  metadata json,
  settings jsonb check (jsonb_matches_schema('{"type": ["object", "null"]}', settings)),
  check (
    json_matches_schema(
      '{
        "type": "object",
        "properties": {
          "tags": {"type": "array", "items": {"type": "string", "maxLength": 16}}
        }
      }',
      metadata))
);
insert into public.customer (metadata) values ('{"tags": ["vip", "darkmode-ui"]}');
insert into public.customer (settings) values ('{}');
do $$
begin
  insert into public.customer (metadata) values ('{"tags": [1, 3]}');
  raise exception 'a bad value was stored';
exception when check_violation then null;
end
$$;
do $$
begin
  insert into public.customer (settings) values ('[]');
  raise exception 'a bad value was stored';
exception when check_violation then null;
end
$$;

create temp table examples (schema json, instance json, is_valid boolean);
insert into examples values
  ('true', '1', true), ('false', '1', false), ('{}', 'null', true),
  ('{"type": "integer"}', '1.0', true), ('{"type": "integer"}', '1.5', false),
  ('{"type": "number"}', '"1"', false), ('{"type": ["string", "null"]}', 'null', true),
  ('{"type": "boolean"}', 'false', true), ('{"type": "array"}', '{}', false),
  ('{"enum": ["a", 1, null]}', '1.0', true), ('{"enum": ["a", {"b": 1}]}', '{"b": 2}', false),
  ('{"const": {"a": [1]}}', '{"a": [1]}', true), ('{"const": 0}', 'false', false),
  ('{"minimum": 3}', '3', true), ('{"minimum": 3}', '2.9', false), ('{"minimum": 3}', '"a"', true),
  ('{"maximum": 3}', '4', false), ('{"exclusiveMinimum": 3}', '3', false),
  ('{"exclusiveMaximum": 3}', '2', true), ('{"minimum": 3, "exclusiveMinimum": true}', '3', false),
  ('{"multipleOf": 0.1}', '0.3', true), ('{"multipleOf": 2}', '3', false),
  ('{"minLength": 2}', '"ä"', false), ('{"maxLength": 2}', '"äö"', true),
  ('{"pattern": "^a+$"}', '"aaa"', true), ('{"pattern": "b"}', '"aaa"', false),
  ('{"pattern": "^\\d{3}-\\w+$"}', '"123-abc"', true),
  ('{"properties": {"a": {"type": "string"}}}', '{"a": 1}', false),
  ('{"properties": {"a": {"type": "string"}}}', '{"b": 1}', true),
  ('{"properties": {"a": {"type": "string"}}}', '[1]', true),
  ('{"required": ["a", "b"]}', '{"a": 1}', false), ('{"required": ["a"]}', '{"a": null}', true),
  ('{"properties": {"a": {}}, "additionalProperties": false}', '{"a": 1, "b": 2}', false),
  ('{"patternProperties": {"^x-": {"type": "number"}}, "additionalProperties": false}',
   '{"x-1": 1}', true),
  ('{"patternProperties": {"^x-": {"type": "number"}}}', '{"x-1": "1"}', false),
  ('{"additionalProperties": {"type": "number"}}', '{"a": "1"}', false),
  ('{"propertyNames": {"maxLength": 3}}', '{"abcd": 1}', false),
  ('{"minProperties": 2}', '{"a": 1}', false), ('{"maxProperties": 1}', '{"a": 1}', true),
  ('{"dependentRequired": {"card": ["address"]}}', '{"card": 1}', false),
  ('{"dependentRequired": {"card": ["address"]}}', '{"other": 1}', true),
  ('{"dependencies": {"a": ["b"], "c": {"required": ["d"]}}}', '{"c": 1}', false),
  ('{"dependentSchemas": {"a": {"properties": {"b": {"type": "null"}}}}}', '{"a": 1, "b": 2}',
   false),
  ('{"items": {"type": "number"}}', '[1, "2"]', false), ('{"items": false}', '[]', true),
  ('{"items": [{"type": "number"}, {"type": "string"}]}', '[1, "a", null]', true),
  ('{"items": [{"type": "number"}], "additionalItems": false}', '[1, 2]', false),
  ('{"items": [{"type": "number"}], "additionalItems": {"type": "string"}}', '[1, "a"]', true),
  ('{"prefixItems": [{"type": "number"}], "items": {"type": "string"}}', '[1, "a", 2]', false),
  ('{"prefixItems": [{"type": "number"}], "items": false}', '[1]', true),
  ('{"minItems": 1}', '[]', false), ('{"maxItems": 1}', '[1, 2]', false),
  ('{"uniqueItems": true}', '[1, 1.0]', false), ('{"uniqueItems": true}', '[{"a": 1}, {}]', true),
  ('{"contains": {"type": "number"}}', '["a"]', false),
  ('{"contains": {"type": "number"}, "minContains": 2}', '[1, "a", 2]', true),
  ('{"contains": {"type": "number"}, "maxContains": 1}', '[1, 2]', false),
  ('{"contains": {"type": "number"}, "minContains": 0}', '[]', true),
  ('{"allOf": [{"minimum": 1}, {"maximum": 3}]}', '4', false),
  ('{"anyOf": [{"type": "string"}, {"minimum": 3}]}', '2', false),
  ('{"anyOf": [{"type": "string"}, {"minimum": 3}]}', '"a"', true),
  ('{"oneOf": [{"multipleOf": 3}, {"multipleOf": 5}]}', '15', false),
  ('{"oneOf": [{"multipleOf": 3}, {"multipleOf": 5}]}', '9', true),
  ('{"not": {"type": "string"}}', '"a"', false),
  ('{"if": {"minimum": 10}, "then": {"multipleOf": 10}, "else": {"const": 1}}', '20', true),
  ('{"if": {"minimum": 10}, "then": {"multipleOf": 10}, "else": {"const": 1}}', '12', false),
  ('{"if": {"minimum": 10}, "then": {"multipleOf": 10}, "else": {"const": 1}}', '2', false),
  ('{"$defs": {"a": {"type": "string"}}, "properties": {"x": {"$ref": "#/$defs/a"}}}',
   '{"x": 1}', false),
  ('{"definitions": {"a/b~c": {"type": "string"}}, "$ref": "#/definitions/a~1b~0c"}', '"x"', true),
  ('{"$defs": {"a": {"$anchor": "here", "type": "string"}}, "$ref": "#here"}', '1', false),
  ('{"properties": {"child": {"$ref": "#"}}, "additionalProperties": false}',
   '{"child": {"child": {}}}', true),
  ('{"properties": {"child": {"$ref": "#"}}, "additionalProperties": false}',
   '{"child": {"other": {}}}', false),
  ('{"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false}', '{"a": 1}', true),
  ('{"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false}', '{"b": 1}', false),
  ('{"prefixItems": [true], "unevaluatedItems": false}', '[1, 2]', false),
  ('{"format": "email"}', '"a@b.c"', true), ('{"format": "email"}', '"a b"', false),
  ('{"format": "date"}', '"2024-02-29"', true), ('{"format": "date"}', '"2023-02-29"', false),
  ('{"format": "date-time"}', '"2024-01-01T10:00:00Z"', true),
  ('{"format": "date-time"}', '"2024-01-01 10:00"', false),
  ('{"format": "uuid"}', '"5e9d5a3c-6a52-4d2a-a7f1-0b5a38f2d3a1"', true),
  ('{"format": "uuid"}', '"5e9d"', false), ('{"format": "ipv4"}', '"256.1.1.1"', false),
  ('{"format": "ipv4"}', '"127.0.0.1"', true), ('{"format": "ipv6"}', '"::1"', true),
  ('{"format": "ipv6"}', '"12345::"', false), ('{"format": "uri"}', '"https://a.b/c?d"', true),
  ('{"format": "uri"}', '"/c"', false), ('{"format": "hostname"}', '"a-b.example"', true),
  ('{"format": "hostname"}', '"-a"', false), ('{"format": "time"}', '"10:00:00+02:00"', true),
  ('{"format": "duration"}', '"P1DT2H"', true), ('{"format": "duration"}', '"P"', false),
  ('{"format": "regex"}', '"("', false), ('{"format": "unheard-of"}', '"x"', true),
  ('{"format": "json-pointer"}', '"/a~0"', true),
  ('{"$schema": "https://json-schema.org/draft/2020-12/schema", "format": "email"}', '"x"', true),
  ('{"title": "any", "x-own": [1]}', '{"a": 1}', true);
do $$
declare
  example record;
begin
  for example in select * from examples loop
    assert json_matches_schema(example.schema, example.instance) = example.is_valid,
      example::text;
    assert jsonb_matches_schema(schema := example.schema, instance := example.instance::jsonb)
      = example.is_valid, example::text;
    assert (jsonschema_validation_errors(example.schema, example.instance) = '{}')
      = example.is_valid, example::text;
    assert jsonschema_is_valid(example.schema), example.schema::text;
  end loop;

  assert jsonschema_validation_errors('{"maxLength": 4}', '"123456789"')
    = array['"123456789" is longer than 4 characters'];
  assert jsonschema_validation_errors(
    '{"properties": {"a": {"type": "string"}}, "required": ["b", "c"],
      "additionalProperties": false}', '{"a": 1, "z": 2}')
    @> array['1 is not of type "string"', '"b" is a required property',
             '"c" is a required property',
             'Additional properties are not allowed (''z'' was unexpected)'];

  assert not jsonschema_is_valid('{"type": "strng"}');
  assert not jsonschema_is_valid('{"type": []}');
  assert not jsonschema_is_valid('{"properties": []}');
  assert not jsonschema_is_valid('{"properties": {"a": {"minLength": -1}}}');
  assert not jsonschema_is_valid('{"required": ["a", "a"]}');
  assert not jsonschema_is_valid('{"required": "a"}');
  assert not jsonschema_is_valid('{"allOf": []}');
  assert not jsonschema_is_valid('{"pattern": "("}');
  assert not jsonschema_is_valid('{"multipleOf": 0}');
  assert not jsonschema_is_valid('1');
  assert jsonb_matches_schema('{}', null) is null;
end
$$;
do $$
begin
  perform json_matches_schema('{"$ref": "https://example.com/schema.json"}', '1');
  raise exception 'a schema was fetched';
exception when invalid_parameter_value then null;
end
$$;

drop extension pg_jsonschema cascade;
create extension pg_jsonschema with schema public;
drop extension pg_jsonschema;
