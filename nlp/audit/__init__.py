"""The report over old chats: what is open, what broke the handbook, which tags are wrong, and what to do first.

Threads are observed one by one (``observe``), what was seen is added up with bounded memory (``totals``), told as JSON
(``report``) and as one page that needs no network (``page``).
"""

from nlp.audit.page import page
from nlp.audit.report import report
from nlp.audit.run import Options, run

__all__ = ["Options", "page", "report", "run"]
