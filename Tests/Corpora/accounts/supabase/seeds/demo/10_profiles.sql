update public.profiles set country = 'NO' where username = 'o''member';
