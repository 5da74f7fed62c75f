"""The report over old chats: what is open, what broke the handbook, which tags are wrong, and what to do first.

Threads are observed one by one (``observe``), what was seen is added up with bounded memory (``totals``), told as JSON
(``report``) and as one page that needs no network (``page``).
"""
