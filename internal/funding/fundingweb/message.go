package fundingweb

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"

	"birge/internal/funding"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// messageView is a message to many applicants that is being written.
type messageView struct {
	ui.FormPage
	to   funding.Addressed
	list applicationsView // how the list was narrowed
	// letters are the message as it is read, once somebody has asked to see it.
	letters []letter
}

// letter is a message in one language.
type letter struct {
	lang          i18n.Lang
	subject, text string
}

func (h *Pages) messageForm(w http.ResponseWriter, r *http.Request) error {
	return h.showMessage(w, r, url.Values{"key": {rand.Text()}}, nil, false)
}

// sendMessage shows the letters of a message, or sends them.
func (h *Pages) sendMessage(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	if f.Line("do") != "send" {
		return h.showMessage(w, r, f.Values, f.Err(), true)
	}
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	filter := readFilter(f)
	m := funding.Message{CallID: id, Once: f.Line("key"), Title: f.Texts("title"), Text: f.Texts("text")}
	expected := int(f.Int("count"))
	if err = f.Err(); err == nil {
		m, err = h.Funding.SendMessage(r.Context(), web.Actor(r), m, filter, expected)
	}
	if err != nil {
		return h.showMessage(w, r, f.Values, err, true)
	}
	return web.SeeOther(w, r, m.Ref().Path+"#messages", "funding.notice.message")
}

func (h *Pages) showMessage(w http.ResponseWriter, r *http.Request, values url.Values, err error, preview bool) error {
	id, bad := web.ID(r, "id")
	if bad != nil {
		return bad
	}
	f := web.ReadForm(r)
	filter := readFilter(f)
	to, bad := h.Funding.Addressees(r.Context(), web.Actor(r), id, filter)
	if bad != nil {
		return bad
	}
	shown := []ref.ID{to.Call.FunderID}
	if len(to.Orgs) > 0 {
		shown = append(shown, to.Orgs[0])
	}
	names, bad := h.Funding.FunderRefs(r.Context(), shown)
	if bad != nil {
		return bad
	}
	return ui.ShowForm(w, r, "funding.message.write", values, err, func(t ui.FormPage) templ.Component {
		t.Crumbs = []ui.Crumb{{Title: t.Text(to.Call.Title), Path: to.Call.Ref().Path}, {Title: t.T("funding.applications"), Path: to.Call.Ref().Path + "/applications"}}
		v := messageView{FormPage: t, to: to, list: applicationsView{Page: t.Page, filter: filter}}
		if preview && len(to.Orgs) > 0 {
			v.letters = h.letters(funding.MessageLetter{Message: funding.Message{Title: f.Texts("title"), Text: f.Texts("text")}, Call: to.Call, OrgID: to.Orgs[0]}, names)
		}
		return messagePage(v)
	})
}

// letters are a message in the languages in which it is written, as its first reader
// has it.
func (h *Pages) letters(l funding.MessageLetter, names map[ref.ID]ref.Ref) (out []letter) {
	for _, lang := range i18n.Langs {
		if l.Message.Text.Get(lang) != "" {
			subject, text := Post{}.message(h.Words().Printer(lang), l, names)
			out = append(out, letter{lang, subject, text})
		}
	}
	return out
}

func (v messageView) path() string { return v.to.Call.Ref().Path + "/applications" }

// count is to how many organizations, about how many applications.
func (v messageView) count() string {
	return v.N("funding.message.to", int64(len(v.to.Orgs)), "applications", len(v.to.Applications))
}

// words is a text of the message; the state writes in Kazakh and in Russian.
func (v messageView) words(name, label string, rows int) ui.Texts {
	t := v.Texts(name, label, rows)
	if funding.ByLaw(v.to.Call.Kind) {
		t.Required = []i18n.Lang{i18n.KK, i18n.RU}
	}
	return t
}

// wrote says what was written to how many.
func (v applicationsView) wrote(m funding.SentMessage) string {
	return v.DateTime(m.SentAt.In(v.zone)) + " · " + v.N("funding.message.to", int64(m.Orgs), "applications", len(m.Applications)) + " · " +
		v.T("funding.message.told", "n", strconv.Itoa(m.Told))
}
