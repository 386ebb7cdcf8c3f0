#!/usr/bin/env bash
# Files that are wrong: a configuration broken in twenty ways, migrations broken in most of the ways
# that editors and merges can. Each is named with file and line, and changes nothing.
. "$(dirname "$0")/library/faults.bash" "$@"
new_project "bad input"
config="$project/supabase/config.toml"; cp "$config" "$base/config"
migrations="$project/supabase/migrations"

# broken LINE TEXT: the text becomes the file's end (LINE counts from the first line of TEXT)
broken() {
  local offset=$1 text=$2 line out code json
  cp "$base/config" "$config"; line=$(($(wc -l <"$config") + offset)); printf '%b' "$text" >>"$config"
  out=$(hb start 2>&1); code=$?; json=$(hbj start 2>/dev/null)
  if [[ $code == 0 ]]; then no "config '$text': start succeeds"; hb stop >/dev/null 2>&1; return; fi
  [[ $out == *"config.toml:$line"* ]] || { no "config '$text': no config.toml:$line in: $(head -n 3 <<<"$out" | tr '\n' ' ')"; return; }
  [[ $(field error.line <<<"$json") == "$line" && $(field error.file <<<"$json") == *config.toml ]] ||
    { no "config '$text': JSON says line $(field error.line <<<"$json"): $(head -c 200 <<<"$json")"; return; }
  grep -q '^hint:' <<<"$out" || { no "config '$text': no hint: $(head -n 4 <<<"$out")"; return; }
  broken_ways=$((broken_ways + 1))
}
broken_ways=0
broken 2 '[auth]\nsite_url = 7\n'
broken 2 '[auth]\nenabled = "yes please"\n'
broken 2 '[auth]\njwt_expiry = "an hour"\n'
broken 2 '[auth]\nadditional_redirect_urls = "one"\n'
broken 2 '[auth]\nadditional_redirect_urls = [1, 2]\n'
broken 2 '[db.pooler]\nport = 70000\n'
broken 2 '[db.pooler]\nport = -1\n'
broken 2 '[db.pooler]\npool_mode = "sometimes"\n'
broken 2 '[db.seed]\nenabled = "no"\n'
broken 2 '[storage]\nfile_size_limit = "50 bananas"\n'
broken 1 '[db\n'
broken 1 'project_id\n'
broken 2 '[auth]\nsite_url = "no end\n'
broken 3 '[auth]\nenabled = true\nenabled = false\n'
broken 2 '[realtime]\nenabled = truely\n'
broken 3 '[auth]\nsite_url = "http://127.0.0.1"\n= 5\n'
broken 2 '[edge_runtime]\npolicy = "per_moon"\n'
broken 1 '[api]\nport = 1\n'
broken 2 '[auth.email]\nmax_frequency = "soon"\n'
broken 2 '[auth]\nminimum_password_length = 1.5\n'
broken 2 '[auth]\nsite_url = "\\q"\n'
equal "a configuration broken in 21 ways: each with file, line and hint" 21 "$broken_ways"
check "a failed start leaves no supervisor" eventually 2 is_empty
cp "$base/config" "$config"; printf '[auth]\nsit_url = "x"\n' >>"$config"
out=$(hb start 2>&1); equal "an unknown key is no failure" 0 $?
has "it is named with its line and the nearest key" "$out" "site_url"
printf '\xff\xfe[\n' >>"$config"; out=$(hb db reset --yes 2>&1); equal "a config that breaks while the stack runs: reset fails" 1 $?
has "and names file and line" "$out" "config.toml:[0-9]+"
rm "$config"; mkdir "$config"; out=$(hb db reset --yes 2>&1); [[ $? != 0 ]] && ok "a folder in its place is an error" || no "a folder in place of config.toml: exit 0"
rmdir "$config"; cp "$base/config" "$config"
check "and mended, reset works" hb db reset --yes
sql "create table keep_me as select 7 as i" >/dev/null

# refuse NAME FILE LINE PATTERN, the file's content from standard input
refuse() {
  local what=$1 file="$migrations/$2" line=$3 pattern=$4 out code json
  cat >"$file"; out=$(hb db reset --yes 2>&1); code=$?; json=$(hbj db reset --yes 2>/dev/null)
  [[ $code == 1 ]] || no "$what: exit $code"
  if [[ $line ]]; then
    has "$what: file and line" "$out" "$2:$line\\b"
    equal "$what: line in JSON" "$line" "$(field error.line <<<"$json")"
  else has "$what: the file" "$out" "$2"; fi
  has "$what: why" "$out" "$pattern"
  equal "$what: the old database stays" 7 "$(sql 'select i from keep_me')"
  rm "$file"
}
refuse "a syntax error in the middle" 20270101000000_syntax.sql 5 42601 <<<$'create table a (i int);\n\n-- why\ncreate table b (i int);\ncreate tabel c (i int);\ncreate table d (i int);'
equal "nothing of it stays" "" "$(sql "select to_regclass('public.b')")"
refuse "an unterminated quote" 20270101000000_quote.sql 2 '42601|unterminated' <<<$'create table a (i int);\ninsert into notes (body) values (\'no end);\nselect 1;'
refuse "an unterminated dollar quote" 20270101000000_dollar.sql 2 '42601|unterminated' <<<$'create table a (i int);\ndo $x$ begin\nnull; end $y$;\nselect 1;'
refuse "an unterminated comment" 20270101000000_comment.sql 2 '42601|unterminated' <<<$'create table a (i int);\n/* no end\nselect 1;'
printf 'create table a (i int);\ninsert into notes (body) values (E"x");\n' >/dev/null
printf "create table a (i int);\ninsert into notes (body) values ('caf\xe9');\n" | refuse "invalid UTF-8" 20270101000000_latin.sql 2 'UTF-?8|22021'
printf "select 1;\nselect 'a\0b';\n" | refuse "a zero byte" 20270101000000_zero.sql "" 'zero|null|NUL|0x00|byte'
refuse "a constraint that fails" 20270101000000_check.sql 2 '23502' <<<$'select 1;\ninsert into notes (body) values (null);'

accept() { # accept NAME FILE QUERY WANTED, content from standard input
  cat >"$migrations/$2"; check "$1" hb db reset --yes; equal "$1: it is there" "$4" "$(sql "$3")"; rm "$migrations/$2"
}
printf 'create table crlf (\r\n  i int\r\n);\r\ninsert into crlf\r\n values (3);\r\n' | accept "CRLF" 20270101000000_crlf.sql 'select i from crlf' 3
printf '\xef\xbb\xbfcreate table bom as select 4 as i;\n' | accept "a byte order mark" 20270101000000_bom.sql 'select i from bom' 4
printf '' | accept "an empty file" 20270101000000_empty.sql 'select count(*) from notes' 2
printf -- '-- nothing but words\n' | accept "a file of comments" 20270101000000_words.sql 'select count(*) from notes' 2
python3 -c '
print("create table big (i int, t text);")
row = "insert into big values (%d, $q$" + "x" * 4900 + "$q$);"
for i in range(10500): print(row % i)' >"$base/big"
began=$(now); accept "a migration of $(($(stat -c %s "$base/big") >> 20)) MB" 20270101000000_big.sql 'select count(*) from big' 10500 <"$base/big"
printf '      it took %s ms twice over (reset and the next one without it)\n' "$(since "$began")"; rm "$base/big"
rss=$(($(awk '/VmRSS/{print $2}' "/proc/$(supervisor)/status") / 1024)); printf '      the supervisor is at %s MiB\n' "$rss"

# Names.
echo 'select no_such();' >"$migrations/notes.sql"; echo 'select no_such();' >"$migrations/2027_x.sql.bak"; mkdir -p "$migrations/folder"
echo 'select no_such();' >"$migrations/folder/20270101000000_deep.sql"
out=$(hb db reset --yes 2>&1); equal "file names that the pattern skips are skipped" 0 $?
out+=$(hb start 2>&1; hb migration list 2>&1); has "and named" "$out" "notes\.sql"
rm -r "$migrations/notes.sql" "$migrations/2027_x.sql.bak" "$migrations/folder"
echo 'select 1;' >"$migrations/20280101000000_one.sql"; echo 'select 2;' >"$migrations/20280101000000_two.sql"
out=$(hb db reset --yes 2>&1); equal "duplicate versions are refused" 1 $?
has "both files are named" "$out" "20280101000000_(one|two)"
rm "$migrations/20280101000000_two.sql"; chmod 000 "$migrations/20280101000000_one.sql"
if ((UID)); then out=$(hb db reset --yes 2>&1); equal "an unreadable file is refused" 1 $?; has "it is named" "$out" 20280101000000_one; fi
rm -f "$migrations/20280101000000_one.sql"; ln -s /nowhere.sql "$migrations/20280101000000_link.sql"
out=$(hb db reset --yes 2>&1); equal "a link to nowhere is refused" 1 $?; has "it is named" "$out" 20280101000000_link
rm "$migrations/20280101000000_link.sql"
echo 'insert into nowhere values (1);' >>"$project/supabase/seed.sql"
out=$(hb db reset --yes 2>&1); equal "a seed that fails is refused" 1 $?; has "it is named with its line" "$out" "seed.sql:2"
sed -i '$d' "$project/supabase/seed.sql"; check "and mended, reset works" hb db reset --yes
