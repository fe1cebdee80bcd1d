"""What every unsafe request goes through, and what a refusal looks like: origin, token, readable error pages."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, HTTPException, SecurityError
from werkzeug.routing import IntegerConverter, ValidationError

from engage.core import headers, tenancy, web
from engage.core.access import current_actor
from engage.core.errors import N_, DomainError, Forbidden, TooManyAttempts
from engage.core.helping import ALLOWED

log = logging.getLogger("engage")
csrf = CSRFProtect()

#: a page asks for far fewer fields; a sheet of two hundred people is the longest form there is
_MOST_FIELDS = 1000


class _Id(IntegerConverter):
    """A number in an address. Longer ones name nothing: a 404, where a database would answer with an error."""

    regex = r"\d{1,10}"

    def to_python(self, value: str) -> int:
        """Refuse what the smallest number column of PostgreSQL cannot hold."""
        number: int = super().to_python(value)
        if number >= 2**31:
            raise ValidationError
        return number


def init_app(app: Flask) -> None:
    """Hang the guards on the application."""
    app.url_map.converters["int"] = _Id
    app.before_request(_refuse_what_no_page_sends)
    app.before_request(_forget_the_last_community)
    app.before_request(_refuse_other_sites)
    csrf.init_app(app)
    app.before_request(_deny_unmarked_routes)
    app.before_request(_deny_to_helpers)
    app.after_request(headers.add)
    app.teardown_request(lambda _error: tenancy.enter(None))
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(NoConnectionFree, _database_error)
    app.register_error_handler(IntegrityError, _somebody_was_faster)
    app.register_error_handler(DataError, _does_not_fit)
    app.register_error_handler(Exception, _unexpected)


def _refuse_what_no_page_sends() -> None:
    """Refuse NUL characters, which PostgreSQL cannot keep, and forms with more fields than any page has (trust W17)."""
    if "\0" in request.path or _has_nul(request.args):
        raise BadRequest
    if request.method == "POST" and (sum(map(len, request.form.listvalues())) > _MOST_FIELDS or _has_nul(request.form)):
        raise BadRequest


def _has_nul(values: MultiDict[str, str]) -> bool:
    return any("\0" in name or "\0" in value for name, value in values.items(multi=True))


def _forget_the_last_community() -> None:
    tenancy.enter(None)


def _refuse_other_sites() -> None:
    """Refuse unsafe requests that another site made the browser send (trust W4), before the token is even looked at.

    Browsers say so in `Sec-Fetch-Site`, which no page can forge; older ones only name the `Origin`.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site == "cross-site" or (site not in {"same-origin", "none"} and not _from_here(request.headers.get("Origin"))):
        raise Forbidden(N_("这一步不是从我们的页面上点的，没有办。请从首页点进去再来。"))


def _from_here(origin: str | None) -> bool:
    if origin is None:
        return True
    base = current_app.extensions["engage_settings"].base_url
    return urlsplit(origin).netloc in {request.host, urlsplit(base or "").netloc} - {""}


def _deny_unmarked_routes() -> None:
    if request.endpoint in {None, "static"}:
        return
    view = current_app.view_functions[request.endpoint]
    if not hasattr(view, "engage_access"):
        raise Forbidden


def _deny_to_helpers() -> None:
    """While somebody is helped at the desk only the reviewed acts are open, and a form only to whom it was shown for.

    A form carries the number of the help it was shown in. When the quarter of an hour is over, or in another tab,
    it would otherwise act for the wrong person.
    """
    if request.endpoint in {None, "static"}:
        return
    actor = current_actor()
    if actor is not None and actor.helper_id is not None and request.endpoint not in ALLOWED:
        raise Forbidden(N_("替别人办事时，这里进不去。先点“办完了”，再办您自己的事。"))
    if request.method == "POST" and request.endpoint != "people.end_help":
        shown_for, now_for = request.form.get("helping", ""), str(g.get("helping") or "")
        if shown_for != now_for:
            raise Forbidden(N_("替人办事的时间到了，或者换了人，这一步没有记上。请从头再来。"))


def _error_page(status: int, title: str, words: str, *, retry_after: int | None = None) -> Response:
    if web.wants_fragment():
        response = web.page("errors/_flash.html", status=status, words=words)
        response.headers["HX-Retarget"] = "#flash"
        response.headers["HX-Reswap"] = "innerHTML"
    else:
        response = web.page("errors/show.html", status=status, title=title, words=words, me=current_actor())
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _refused(error: DomainError) -> Response:
    titles = {
        403: gettext("这里进不去"),
        404: gettext("没找到这一页"),
        429: gettext("请歇一会儿"),
        409: gettext("已经交过了"),
    }
    retry = error.retry_after if isinstance(error, TooManyAttempts) else None
    return _error_page(
        error.status, titles.get(error.status, gettext("这一步没办成")), web.say(error), retry_after=retry
    )


def _stale_form(error: CSRFError) -> Response:
    response = _error_page(
        400, gettext("这一页放得太久了"), gettext("请回上一页刷新，再交一次。刚才填的没有丢，浏览器还记着。")
    )
    if web.wants_fragment():
        response.headers["HX-Refresh"] = "true"
    return response


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    words = {
        400: gettext("里面有这里认不得的字符，或者内容太多。请回上一页，改短一些再交。"),
        404: gettext("网址可能抄错了一位，或者这一页已经撤下。回首页再找找。"),
        405: gettext("这一页不是这样打开的。回首页，从按钮点进去。"),
        413: gettext("文件太大了。请拆小一些，或删掉里面的图片再传。"),
    }
    return _error_page(
        status,
        gettext("没找到这一页") if status == 404 else gettext("这一步没办成"),
        words.get(status, gettext("请回上一页再试一次。")),
    )


def _foreign_host(_error: SecurityError) -> Response:
    """Answer a request for a host that is not ours (trust W8): no page, for a page's addresses would carry that host."""
    return Response("400 Bad Request\n", status=400, content_type="text/plain; charset=utf-8")


def _database_error(error: SQLAlchemyError) -> Response:
    log.error("database unavailable", exc_info=error)
    return _error_page(503, gettext("账本正忙"), gettext("刚才这一步没有记上。请等一分钟，再点一次。"), retry_after=60)


def _somebody_was_faster(error: IntegrityError) -> Response:
    """Answer the one of two acts at the same moment that came second: nothing of it is stored."""
    if current_app.testing or current_app.debug:
        raise error
    log.error("two acts at the same moment", exc_info=error)
    return _error_page(
        409,
        gettext("有人快了一步"),
        gettext("同一时间有人办了同一件事，您这一步没有记上。请刷新看看现在的情况，再决定要不要办。"),
    )


def _does_not_fit(error: DataError) -> Response:
    """Answer a value no column can hold: a fault of ours, but the person can still put it right."""
    if current_app.testing or current_app.debug:
        raise error
    log.error("a value does not fit", exc_info=error)
    return _error_page(
        422, gettext("这一步没办成"), gettext("有一格填得太长，或者数字太大，没有记上。请回上一页改一改。")
    )


def _unexpected(error: Exception) -> Response | str:
    if current_app.testing or current_app.debug:
        raise error
    log.error("unexpected error", exc_info=error)
    try:
        return _error_page(
            500, gettext("系统出了差错"), gettext("刚才这一步没有记上。请再试一次；还不行，告诉社区工作人员。")
        )
    except Exception:  # the error page itself may be what fails
        log.exception("the error page failed")
        return render_template("errors/plain.html")
