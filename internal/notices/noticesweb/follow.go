package noticesweb

import (
	"net/http"

	"birge/internal/notices"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// asking is the page that asks whether to follow something.
type asking struct {
	subject notices.Subject
	to      string // the address that was asked for
	follow  notices.Follow
	already bool // the reader follows it
	typed   *web.Form
	bad     *problem.Problem
}

// value is what was typed in a field.
func (a asking) value(name string) string {
	if a.typed == nil {
		return ""
	}
	return a.typed.Values.Get(name)
}

func (a asking) faults() problem.Fields {
	if a.bad == nil {
		return nil
	}
	return a.bad.Fields
}

// page is a page of this room: nobody's search engine keeps it.
func page(r *http.Request, title string) ui.Page {
	p := ui.PageOf(r, title)
	p.NoIndex = true
	return p
}

func (h pages) ask(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	if !f.Has("to") {
		return web.Render(w, r, http.StatusOK, whatPage(page(r, web.Words(r).T("ui.follow"))))
	}
	return h.showAsk(w, r, f, nil)
}

func (h pages) showAsk(w http.ResponseWriter, r *http.Request, f *web.Form, bad *problem.Problem) (err error) {
	a := asking{to: f.Line("to"), typed: f, bad: bad}
	if a.subject, err = h.Notices.Subject(r.Context(), a.to); err != nil {
		return err
	}
	if a.follow, a.already, err = h.Notices.Following(r.Context(), web.Actor(r), a.subject); err != nil {
		return err
	}
	p := page(r, web.Words(r).T("notices.follow_title", "what", web.Words(r).Text(a.subject.Title)))
	p.Path = "/follow?" + query("to", a.to)
	status := http.StatusOK
	if bad != nil {
		status = web.Status(bad)
	}
	return web.Render(w, r, status, askPage(p, a))
}

func (h pages) follow(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	subject, err := h.Notices.Subject(r.Context(), f.Line("to"))
	if err != nil {
		return err
	}
	if err := h.Notices.Follow(r.Context(), web.Actor(r), subject); err != nil {
		return err
	}
	return web.SeeOther(w, r, subject.Path, "notices.notice.following")
}

func (h pages) unfollow(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Notices.Unfollow(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/desk/notices", "notices.notice.ended")
}

func (h pages) askByMail(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	subject, err := h.Notices.Subject(r.Context(), f.Line("to"))
	if err != nil {
		return err
	}
	email := f.Line("email")
	err = h.Notices.AskByMail(r.Context(), email, web.Lang(r), notices.Rhythm(f.Line("rhythm")), subject)
	if bad := problem.As(err); bad != nil && (bad.Kind == problem.Invalid || bad.Kind == problem.TooMany) {
		return h.showAsk(w, r, f, bad)
	}
	if err != nil {
		return err
	}
	p := page(r, web.Words(r).T("notices.letter_sent"))
	return web.Render(w, r, http.StatusOK, sentPage(p, email, subject))
}

func (h pages) confirmPage(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	email, subject, err := h.Notices.Asked(r.Context(), token)
	if err != nil {
		return err
	}
	p := page(r, web.Words(r).T("notices.confirm_title"))
	return web.Render(w, r, http.StatusOK, confirmPage(p, token, email, subject))
}

func (h pages) confirm(w http.ResponseWriter, r *http.Request) error {
	subject, err := h.Notices.Confirm(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, subject.Path, "notices.notice.confirmed")
}

func (h pages) stopPage(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	reader, follows, err := h.Notices.Stopping(r.Context(), token)
	if err != nil {
		return err
	}
	p := page(r, web.Words(r).T("notices.stop_title"))
	return web.Render(w, r, http.StatusOK, stopPage(p, token, reader, follows))
}

// stop ends one follow or all letters; a mail program sends it by itself when
// its reader asks for no more letters.
func (h pages) stop(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	id := f.ID("follow")
	if err := f.Err(); err != nil {
		return err
	}
	if err := h.Notices.Stop(r.Context(), r.PathValue("token"), id); err != nil {
		return err
	}
	p := page(r, web.Words(r).T("notices.stopped"))
	return web.Render(w, r, http.StatusOK, stoppedPage(p, id != 0))
}

// subjectLine names a subject and its kind: "Place and all within: Abai Region".
func subjectLine(p *i18n.Printer, r ref.Ref) string {
	return p.T("notices.subject."+subjectKind(r), "what", p.Text(r.Title))
}

func subjectKind(r ref.Ref) string {
	switch r.Kind {
	case "project", "organization", "place", notices.KindOwed:
		return r.Kind
	}
	return notices.KindList
}

func rhythms(p ui.Page, chosen notices.Rhythm, all []notices.Rhythm) (out []ui.Choice) {
	for _, r := range all {
		out = append(out, ui.Choice{Value: string(r), Label: p.T("notices.rhythm." + string(r)), Selected: r == chosen})
	}
	return out
}
