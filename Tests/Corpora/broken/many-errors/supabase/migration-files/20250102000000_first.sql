select * from public.nowhere;
