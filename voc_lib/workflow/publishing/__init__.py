"""Publishing: what each branch gets, looked through, packed, encrypted, and handed over once."""

from voc_lib.workflow.publishing.package import check_password
from voc_lib.workflow.publishing.publish import ByMail, End, Ending, Request, ToFolder, publish

__all__ = ["ByMail", "End", "Ending", "Request", "ToFolder", "check_password", "publish"]
