-- JSON Schema, drafts 4 to 2020-12, in SQL.
--
-- One function walks a schema and a value side by side and collects what is wrong. References
-- stay inside the schema (`#/$defs/…`, an anchor, an `$id`): nothing is fetched. Words that
-- changed between drafts are told apart by their form, so `$schema` hardly matters. Patterns are
-- PostgreSQL's regular expressions, which have no `\p{…}`.

-- The part of a schema that a `$ref` names.
create function @extschema@._homebase_jsonschema_part(root jsonb, reference text) returns jsonb
  language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  part jsonb;
  steps text[];
begin
  if reference = '#' then
    return root;
  end if;
  if reference like '#/%' then
    -- JSON pointer (RFC 6901), with %25 for % and the like as in a URL.
    steps := array(
      select replace(replace(step, '~1', '/'), '~0', '~')
        from unnest(string_to_array(
          replace(replace(replace(replace(substr(reference, 3),
            '%7B', '{'), '%7D', '}'), '%22', '"'), '%25', '%'), '/')) with ordinality as s (step, n)
       order by n);
    part := root #> steps;
  elsif reference like '#%' then
    part := jsonb_path_query_first(
      root, '$.** ? (@."$anchor" == $name || @."$dynamicAnchor" == $name)',
      jsonb_build_object('name', substr(reference, 2)));
  else
    part := jsonb_path_query_first(
      root, '$.** ? (@."$id" == $name)', jsonb_build_object('name', reference));
  end if;
  if part is null then
    raise exception 'the JSON schema has no %', reference
      using errcode = 'invalid_parameter_value',
            hint = 'References stay inside the schema: nothing is fetched.';
  end if;
  return part;
end
$$;

create function @extschema@._homebase_jsonschema_format(format text, value text) returns boolean
  language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  clock constant text :=
    '([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(z|[+-]([01]\d|2[0-3]):[0-5]\d)$';
  label constant text := '[[:alnum:]]([[:alnum:]-]{0,61}[[:alnum:]])?';
begin
  case format
    when 'date' then
      if value !~ '^\d{4}-\d\d-\d\d$' then return false; end if;
      perform value::date;
    when 'time' then
      return value ~* ('^' || clock);
    when 'date-time' then
      if value !~* ('^\d{4}-\d\d-\d\dt' || clock) then return false; end if;
      perform left(value, 10)::date;
    when 'duration' then
      return value ~ '^P(?!$)(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?)$';
    when 'email', 'idn-email' then
      return value ~ '^[^\s@"]+@[^\s@]+$' or value ~ '^"[^"]+"@[^\s@]+$';
    when 'hostname', 'idn-hostname' then
      return length(value) <= 253
        and value ~ ('^' || label || '(\.' || label || ')*\.?$');
    when 'ipv4' then
      return value ~ '^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$';
    when 'ipv6' then
      if value !~ '^[0-9A-Fa-f:.]+$' or value !~ ':' then return false; end if;
      perform value::inet;
    when 'uri', 'iri' then
      return value ~ '^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]*$';
    when 'uri-reference', 'iri-reference' then
      return value ~ '^[^\s<>"{}|\\^`]*$';
    when 'uri-template' then
      return value ~ '^([^\s<>"{}|\\^`]|\{[^\s{}]+\})*$';
    when 'uuid' then
      return value ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
    when 'json-pointer' then
      return value ~ '^(/([^/~]|~[01])*)*$';
    when 'relative-json-pointer' then
      return value ~ '^(0|[1-9]\d*)(#|(/([^/~]|~[01])*)*)$';
    when 'regex' then
      perform '' ~ value;
    else
      -- A format that nobody knows allows everything.
      return true;
  end case;
  return true;
exception
  when datetime_field_overflow or invalid_datetime_format or invalid_text_representation
    or invalid_regular_expression
  then
    return false;
end
$$;

-- From draft 2019-09 on a format is a note, which is not checked.
create function @extschema@._homebase_jsonschema_checks_formats(root jsonb) returns boolean
  language sql immutable
  return coalesce(root ->> '$schema', '') !~ '/(2019-09|2020-12)/';

-- All that is wrong with a value, or the first of it.
create function @extschema@._homebase_jsonschema_errors(
    schema jsonb, instance jsonb, root jsonb, first_only boolean)
  returns text[]
  language plpgsql immutable
as $$
#variable_conflict use_variable
declare
  kind constant text := jsonb_typeof(instance);
  known_types constant jsonb :=
    '["object", "array", "string", "number", "integer", "boolean", "null"]';
  text_value text;
  number_value numeric;
  errors text[] := '{}';
  keyword text;
  value jsonb;
  part jsonb;
  key text;
  keys text[];
  total bigint;
  lowest bigint;
  is_valid boolean;
begin
  if jsonb_typeof(schema) = 'boolean' then
    return case when schema = 'false' then
      array[format('False schema does not allow %s', instance)] else '{}' end;
  end if;
  if kind = 'string' then
    text_value := instance #>> '{}';
  elsif kind = 'number' then
    number_value := instance::numeric;
  end if;

  for keyword, value in select e.key, e.value from jsonb_each(schema) as e loop
    case keyword
      -- Of any value
      when 'type' then
        is_valid := value @> to_jsonb(kind)
          or (kind = 'number' and value @> '"integer"' and number_value = trunc(number_value));
        if not is_valid then
          part := case jsonb_typeof(value)
            when 'array' then value else jsonb_build_array(value) end;
          if not known_types @> part then
            raise exception 'the JSON schema names an unknown type: %', value
              using errcode = 'invalid_parameter_value';
          end if;
          errors := errors || format(
            '%s is not of %s %s', instance,
            case jsonb_typeof(value) when 'array' then 'types' else 'type' end,
            trim(both '[]' from value::text));
        end if;
      when 'enum' then
        if not exists (select from jsonb_array_elements(value) as e where e = instance) then
          errors := errors || format('%s is not one of %s', instance, value);
        end if;
      when 'const' then
        if instance <> value then
          errors := errors || format('%s was expected', value);
        end if;

      -- Other schemas for the same value
      when '$ref', '$dynamicRef', '$recursiveRef' then
        errors := errors || @extschema@._homebase_jsonschema_errors(
          @extschema@._homebase_jsonschema_part(root, value #>> '{}'), instance, root, first_only);
      when 'allOf' then
        for part in select e from jsonb_array_elements(value) as e loop
          errors := errors
            || @extschema@._homebase_jsonschema_errors(part, instance, root, first_only);
        end loop;
      when 'anyOf' then
        if not exists (
          select from jsonb_array_elements(value) as e
           where @extschema@._homebase_jsonschema_errors(e, instance, root, true) = '{}')
        then
          errors := errors || format('%s is not valid under any of the given schemas', instance);
        end if;
      when 'oneOf' then
        total := (
          select count(*) from jsonb_array_elements(value) as e
           where @extschema@._homebase_jsonschema_errors(e, instance, root, true) = '{}');
        if total = 0 then
          errors := errors || format('%s is not valid under any of the given schemas', instance);
        elsif total > 1 then
          errors := errors
            || format('%s is valid under more than one of the given schemas', instance);
        end if;
      when 'not' then
        if @extschema@._homebase_jsonschema_errors(value, instance, root, true) = '{}' then
          errors := errors || format('%s is not allowed for %s', value, instance);
        end if;
      when 'if' then
        part := case
          when @extschema@._homebase_jsonschema_errors(value, instance, root, true) = '{}'
          then schema -> 'then' else schema -> 'else' end;
        if part is not null then
          errors := errors
            || @extschema@._homebase_jsonschema_errors(part, instance, root, first_only);
        end if;

      -- Of numbers
      when 'minimum' then
        if number_value < value::numeric
           or (schema -> 'exclusiveMinimum' = 'true' and number_value = value::numeric)
        then
          errors := errors || format('%s is less than the minimum of %s', instance, value);
        end if;
      when 'maximum' then
        if number_value > value::numeric
           or (schema -> 'exclusiveMaximum' = 'true' and number_value = value::numeric)
        then
          errors := errors || format('%s is greater than the maximum of %s', instance, value);
        end if;
      when 'exclusiveMinimum' then
        -- A boolean is draft 4's, which belongs to `minimum`.
        if jsonb_typeof(value) = 'number' and number_value <= value::numeric then
          errors := errors
            || format('%s is less than or equal to the minimum of %s', instance, value);
        end if;
      when 'exclusiveMaximum' then
        if jsonb_typeof(value) = 'number' and number_value >= value::numeric then
          errors := errors
            || format('%s is greater than or equal to the maximum of %s', instance, value);
        end if;
      when 'multipleOf' then
        if kind = 'number' and mod(number_value, value::numeric) <> 0 then
          errors := errors || format('%s is not a multiple of %s', instance, value);
        end if;

      -- Of strings
      when 'minLength' then
        if char_length(text_value) < value::numeric then
          errors := errors || format('%s is shorter than %s character%s', instance, value,
                                     case when value <> '1' then 's' end);
        end if;
      when 'maxLength' then
        if char_length(text_value) > value::numeric then
          errors := errors || format('%s is longer than %s character%s', instance, value,
                                     case when value <> '1' then 's' end);
        end if;
      when 'pattern' then
        if text_value !~ (value #>> '{}') then
          errors := errors || format('%s does not match %s', instance, value);
        end if;
      when 'format' then
        if kind = 'string' and @extschema@._homebase_jsonschema_checks_formats(root)
           and not @extschema@._homebase_jsonschema_format(value #>> '{}', text_value)
        then
          errors := errors || format('%s is not a %s', instance, value);
        end if;

      -- Of objects
      when 'properties' then
        if kind = 'object' then
          for key, part in select e.key, e.value from jsonb_each(value) as e loop
            if instance ? key then
              errors := errors || @extschema@._homebase_jsonschema_errors(
                part, instance -> key, root, first_only);
            end if;
          end loop;
        end if;
      when 'patternProperties' then
        if kind = 'object' then
          for key, part in
            select i.key, e.value from jsonb_each(value) as e
              join jsonb_each(instance) as i on i.key ~ e.key
          loop
            errors := errors || @extschema@._homebase_jsonschema_errors(
              part, instance -> key, root, first_only);
          end loop;
        end if;
      when 'additionalProperties' then
        if kind = 'object' and value <> 'true' then
          keys := array(
            select k from jsonb_object_keys(instance) as k
             where not coalesce(schema -> 'properties' ? k, false)
               and not exists (
                 select from jsonb_object_keys(coalesce(schema -> 'patternProperties', '{}')) as p
                  where k ~ p));
          if value = 'false' then
            if keys <> '{}' then
              errors := errors || format(
                'Additional properties are not allowed (%s %s unexpected)',
                (select string_agg(quote_literal(k), ', ') from unnest(keys) as k),
                case when cardinality(keys) = 1 then 'was' else 'were' end);
            end if;
          else
            foreach key in array keys loop
              errors := errors || @extschema@._homebase_jsonschema_errors(
                value, instance -> key, root, first_only);
            end loop;
          end if;
        end if;
      when 'required' then
        -- In draft 3 it was a boolean of the property.
        if kind = 'object' and jsonb_typeof(value) = 'array' then
          for key in select k from jsonb_array_elements_text(value) as k loop
            if not instance ? key then
              errors := errors || format('%s is a required property', to_jsonb(key));
            end if;
          end loop;
        end if;
      when 'propertyNames' then
        if kind = 'object' then
          for key in select k from jsonb_object_keys(instance) as k loop
            errors := errors || @extschema@._homebase_jsonschema_errors(
              value, to_jsonb(key), root, first_only);
          end loop;
        end if;
      when 'minProperties' then
        if kind = 'object'
           and (select count(*) from jsonb_object_keys(instance)) < value::numeric
        then
          errors := errors || format('%s has less than %s propert%s', instance, value,
                                     case value when '1' then 'y' else 'ies' end);
        end if;
      when 'maxProperties' then
        if kind = 'object'
           and (select count(*) from jsonb_object_keys(instance)) > value::numeric
        then
          errors := errors || format('%s has more than %s propert%s', instance, value,
                                     case value when '1' then 'y' else 'ies' end);
        end if;
      when 'dependentRequired', 'dependentSchemas', 'dependencies' then
        if kind = 'object' then
          for key, part in select e.key, e.value from jsonb_each(value) as e loop
            continue when not instance ? key;
            if jsonb_typeof(part) = 'array' then
              for key in select k from jsonb_array_elements_text(part) as k loop
                if not instance ? key then
                  errors := errors || format('%s is a required property', to_jsonb(key));
                end if;
              end loop;
            else
              errors := errors
                || @extschema@._homebase_jsonschema_errors(part, instance, root, first_only);
            end if;
          end loop;
        end if;

      -- Of arrays
      when 'prefixItems' then
        if kind = 'array' then
          for total in 0 .. least(jsonb_array_length(instance), jsonb_array_length(value)) - 1 loop
            errors := errors || @extschema@._homebase_jsonschema_errors(
              value -> total::integer, instance -> total::integer, root, first_only);
          end loop;
        end if;
      when 'items', 'additionalItems' then
        if kind = 'array' then
          if jsonb_typeof(value) = 'array' then
            -- A schema for each place: `prefixItems` before 2020-12.
            for total in 0 .. least(jsonb_array_length(instance), jsonb_array_length(value)) - 1
            loop
              errors := errors || @extschema@._homebase_jsonschema_errors(
                value -> total::integer, instance -> total::integer, root, first_only);
            end loop;
          elsif keyword = 'items' or jsonb_typeof(schema -> 'items') = 'array' then
            lowest := jsonb_array_length(coalesce(
              schema -> case keyword when 'items' then 'prefixItems' else 'items' end, '[]'));
            if value = 'false' and jsonb_array_length(instance) > lowest then
              errors := errors || format('Additional items are not allowed in %s', instance);
            elsif value <> 'true' then
              for total in lowest .. jsonb_array_length(instance) - 1 loop
                errors := errors || @extschema@._homebase_jsonschema_errors(
                  value, instance -> total::integer, root, first_only);
                exit when first_only and errors <> '{}';
              end loop;
            end if;
          end if;
        end if;
      when 'contains' then
        if kind = 'array' then
          total := (
            select count(*) from jsonb_array_elements(instance) as e
             where @extschema@._homebase_jsonschema_errors(value, e, root, true) = '{}');
          if total < coalesce((schema -> 'minContains')::numeric, 1) then
            errors := errors
              || format('None of %s are valid under the given schema', instance);
          elsif total > coalesce((schema -> 'maxContains')::numeric, total) then
            errors := errors
              || format('More than %s of %s are valid under the given schema',
                        schema -> 'maxContains', instance);
          end if;
        end if;
      when 'minItems' then
        if kind = 'array' and jsonb_array_length(instance) < value::numeric then
          errors := errors || format('%s has less than %s item%s', instance, value,
                                     case when value <> '1' then 's' end);
        end if;
      when 'maxItems' then
        if kind = 'array' and jsonb_array_length(instance) > value::numeric then
          errors := errors || format('%s has more than %s item%s', instance, value,
                                     case when value <> '1' then 's' end);
        end if;
      when 'uniqueItems' then
        if kind = 'array' and value = 'true'
           and (select count(*) <> count(distinct e) from jsonb_array_elements(instance) as e)
        then
          errors := errors || format('%s has non-unique elements', instance);
        end if;

      -- Of what no other word has looked at
      when 'unevaluatedProperties', 'unevaluatedItems' then
        if kind = (case keyword when 'unevaluatedItems' then 'array' else 'object' end) then
          keys := @extschema@._homebase_jsonschema_seen(schema - keyword, instance, root);
          for key, part in
            select e.key, e.value
              from jsonb_each(case kind when 'object' then instance end) as e
             where e.key <> all (keys)
            union all
            select (e.place - 1)::text, e.value
              from jsonb_array_elements(case kind when 'array' then instance end)
                   with ordinality as e (value, place)
             where (e.place - 1)::text <> all (keys)
          loop
            if value = 'false' then
              errors := errors || format(
                'Unevaluated %s are not allowed (%s was unexpected)',
                case kind when 'array' then 'items' else 'properties' end,
                case kind when 'array' then part::text else quote_literal(key) end);
            else
              errors := errors
                || @extschema@._homebase_jsonschema_errors(value, part, root, first_only);
            end if;
          end loop;
        end if;
      else
        -- A word that nobody knows, or that another one has read already.
        null;
    end case;
    exit when first_only and errors <> '{}';
  end loop;
  return errors;
end
$$;

-- Names of properties, or places of items, that a schema and those in it have looked at.
create function @extschema@._homebase_jsonschema_seen(schema jsonb, instance jsonb, root jsonb)
  returns text[]
  language plpgsql immutable
as $$
#variable_conflict use_variable
declare
  kind constant text := jsonb_typeof(instance);
  seen text[] := '{}';
  all_names constant text[] := case kind
    when 'object' then array(select jsonb_object_keys(instance))
    when 'array' then array(select generate_series(0, jsonb_array_length(instance) - 1)::text)
    else '{}' end;
  keyword text;
  value jsonb;
  part jsonb;
begin
  if jsonb_typeof(schema) <> 'object' then
    return seen;
  end if;
  for keyword, value in select e.key, e.value from jsonb_each(schema) as e loop
    case keyword
      when 'properties' then
        seen := seen || array(select jsonb_object_keys(value));
      when 'patternProperties' then
        seen := seen || array(
          select n from unnest(all_names) as n
           where exists (select from jsonb_object_keys(value) as p where n ~ p));
      when 'additionalProperties', 'unevaluatedProperties' then
        if kind = 'object' then seen := all_names; end if;
      when 'additionalItems', 'unevaluatedItems' then
        if kind = 'array' then seen := all_names; end if;
      when 'prefixItems', 'items' then
        if kind = 'array' then
          seen := case jsonb_typeof(value)
            when 'array' then seen || all_names[:jsonb_array_length(value)] else all_names end;
        end if;
      when 'contains' then
        if kind = 'array' then
          seen := seen || array(
            select (e.place - 1)::text
              from jsonb_array_elements(instance) with ordinality as e (item, place)
             where @extschema@._homebase_jsonschema_errors(value, e.item, root, true) = '{}');
        end if;
      when '$ref', '$dynamicRef', '$recursiveRef' then
        seen := seen || @extschema@._homebase_jsonschema_seen(
          @extschema@._homebase_jsonschema_part(root, value #>> '{}'), instance, root);
      when 'allOf', 'anyOf', 'oneOf' then
        for part in select e from jsonb_array_elements(value) as e loop
          if @extschema@._homebase_jsonschema_errors(part, instance, root, true) = '{}' then
            seen := seen || @extschema@._homebase_jsonschema_seen(part, instance, root);
          end if;
        end loop;
      when 'if' then
        if @extschema@._homebase_jsonschema_errors(value, instance, root, true) = '{}' then
          seen := seen || @extschema@._homebase_jsonschema_seen(value, instance, root)
            || @extschema@._homebase_jsonschema_seen(schema -> 'then', instance, root);
        else
          seen := seen || @extschema@._homebase_jsonschema_seen(schema -> 'else', instance, root);
        end if;
      when 'dependentSchemas' then
        for keyword, part in select e.key, e.value from jsonb_each(value) as e loop
          if instance ? keyword then
            seen := seen || @extschema@._homebase_jsonschema_seen(part, instance, root);
          end if;
        end loop;
      else
        null;
    end case;
  end loop;
  return seen;
end
$$;

-- Whether a schema is one.
create function @extschema@._homebase_jsonschema_is_schema(schema jsonb) returns boolean
  language plpgsql immutable
as $$
#variable_conflict use_variable
declare
  keyword text;
  value jsonb;
  kind text;
begin
  if jsonb_typeof(schema) <> 'object' then
    return jsonb_typeof(schema) = 'boolean';
  end if;
  for keyword, value in select e.key, e.value from jsonb_each(schema) as e loop
    kind := jsonb_typeof(value);
    if not (case
      when keyword = 'type' then
        (select count(*) > 0 and count(*) = count(distinct t)
                and bool_and(t in ('"object"', '"array"', '"string"', '"number"', '"integer"',
                                   '"boolean"', '"null"'))
           from jsonb_array_elements(
             case kind when 'array' then value else jsonb_build_array(value) end) as t)
      when keyword in ('not', 'if', 'then', 'else', 'contains', 'propertyNames',
                       'additionalProperties', 'additionalItems', 'unevaluatedProperties',
                       'unevaluatedItems', 'contentSchema')
           or (keyword = 'items' and kind <> 'array')
        then @extschema@._homebase_jsonschema_is_schema(value)
      when keyword in ('allOf', 'anyOf', 'oneOf', 'prefixItems', 'items')
        then kind = 'array' and (keyword = 'items' or value <> '[]')
             and not exists (
               select from jsonb_array_elements(case kind when 'array' then value end) as e
                where not @extschema@._homebase_jsonschema_is_schema(e))
      when keyword in ('properties', 'patternProperties', '$defs', 'definitions',
                       'dependentSchemas', 'dependencies')
        then kind = 'object'
             and not exists (
               select from jsonb_each(case kind when 'object' then value end) as e
                where not (
                  @extschema@._homebase_jsonschema_is_schema(e.value)
                  or (keyword = 'dependencies' and jsonb_typeof(e.value) = 'array')))
      when keyword = 'required'
        then kind = 'array'
             and (select count(*) = count(distinct e)
                         and coalesce(bool_and(jsonb_typeof(e) = 'string'), true)
                    from jsonb_array_elements(case kind when 'array' then value end) as e)
      when keyword = 'dependentRequired'
        then kind = 'object'
             and not exists (
               select from jsonb_each(case kind when 'object' then value end) as e
                where jsonb_typeof(e.value) <> 'array')
      when keyword in ('minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties',
                       'maxProperties', 'minContains', 'maxContains')
        then kind = 'number'
             and (case kind when 'number' then
                    value::numeric >= 0 and value::numeric = trunc(value::numeric) end)
      when keyword in ('minimum', 'maximum') then kind = 'number'
      when keyword in ('exclusiveMinimum', 'exclusiveMaximum') then kind in ('number', 'boolean')
      when keyword = 'multipleOf'
        then kind = 'number' and (case kind when 'number' then value::numeric > 0 end)
      when keyword in ('uniqueItems', 'deprecated', 'readOnly', 'writeOnly')
        then kind = 'boolean'
      when keyword in ('enum', 'examples') then kind = 'array'
      when keyword = 'pattern'
        then kind = 'string'
             and @extschema@._homebase_jsonschema_format('regex', value #>> '{}')
      when keyword in ('$id', '$schema', '$ref', '$anchor', '$comment', 'title', 'description',
                       'format', 'contentMediaType', 'contentEncoding')
        then kind = 'string'
      else true
    end) then
      return false;
    end if;
  end loop;
  return true;
end
$$;

create function @extschema@.jsonb_matches_schema(schema json, instance jsonb) returns boolean
  language plpgsql immutable strict parallel safe
as $$
begin
  return @extschema@._homebase_jsonschema_errors(
    schema::jsonb, instance, schema::jsonb, true) = '{}';
end
$$;

create function @extschema@.json_matches_schema(schema json, instance json) returns boolean
  language plpgsql immutable strict parallel safe
as $$
begin
  return @extschema@._homebase_jsonschema_errors(
    schema::jsonb, instance::jsonb, schema::jsonb, true) = '{}';
end
$$;

create function @extschema@.jsonschema_is_valid(schema json) returns boolean
  language plpgsql immutable strict parallel safe
as $$
begin
  return @extschema@._homebase_jsonschema_is_schema(schema::jsonb);
end
$$;

create function @extschema@.jsonschema_validation_errors(schema json, instance json)
  returns text[]
  language plpgsql immutable strict parallel safe
as $$
begin
  return @extschema@._homebase_jsonschema_errors(
    schema::jsonb, instance::jsonb, schema::jsonb, false);
end
$$;
