-- What makes the sample look used: guests, open and accepted invitations, an edited document,
-- notifications already read.

insert into public.document_shares (document_id, user_id, shared_by, created_at)
select d.id, md5('user:jonas')::uuid, md5('user:asha')::uuid, d.created_at + interval '1 day'
from public.documents d
where d.organisation_id = md5('organisation:monsoon-studio')::uuid and d.status = 'published'
order by d.created_at
limit 3;

-- Tokens of the open invitations: welcome-ila, welcome-new.
insert into public.invitations (
  id, organisation_id, email, role, token_hash, state, invited_by, accepted_by, expires_at,
  created_at)
select
  md5('invitation:' || token)::uuid, md5('organisation:' || slug)::uuid, email,
  role::public.member_role, sha256(convert_to(token, 'utf8')), state::public.invitation_state,
  md5('user:' || inviter)::uuid, md5('user:' || accepter)::uuid,
  timestamptz '2099-12-31 00:00:00+00', timestamptz '2026-02-01 09:00:00+00'
from (values
  ('welcome-ila', 'monsoon-studio', 'ila@example.com', 'editor', 'open', 'asha', null),
  ('welcome-new', 'open-shelf', 'newcomer@example.com', 'viewer', 'open', 'gita', null),
  ('welcome-hugo', 'copper-kettle', 'hugo@example.com', 'viewer', 'accepted', 'esme', 'hugo'),
  ('welcome-old', 'riverbank-school', 'gone@example.com', 'viewer', 'revoked', 'chitra', null)
) as invitation (token, slug, email, role, state, inviter, accepter);

-- One statement an edit, so that the version trigger keeps each.
update public.documents set body = body || E'\n\nAdded after the visit: the gate needs oil.'
where id = md5('document:0')::uuid;
update public.documents set title = title || ' (second edition)'
where id = md5('document:0')::uuid;

update public.notifications set read_at = created_at where id % 3 <> 0;

select private.count_usage(organisation_id, 'bytes_stored', sum(size_in_bytes)::bigint,
  '2026-02-01 00:00:00+00')
from public.files group by organisation_id order by organisation_id;
