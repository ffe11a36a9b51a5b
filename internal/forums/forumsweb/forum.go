package forumsweb

import (
	"net/http"
	"slices"
	"strconv"

	"birge/internal/forums"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// forumView is a forum with what is needed to draw its page.
type forumView struct {
	ui.Page
	forums.Story
	h *Pages
	r *http.Request
	// sections are what other rooms tell.
	sections []templ.Component
}

// readForum loads the forum that a request asks for.
func (h *Pages) readForum(r *http.Request) (v forumView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: forums.Kind, ID: id}.Key())
	v = forumView{Page: ui.PageOf(r, ""), h: h, r: r}
	if v.Story, err = h.Forums.Story(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	for _, x := range append([]ref.Ref{v.Organizer, v.Previous}, v.Next...) {
		if !x.IsZero() {
			web.Touch(r, x.Key())
		}
	}
	v.Title, v.Description = v.Text(v.Forum.Title), v.Text(v.Forum.Theme)
	v.Page.Sample = v.Page.Sample || v.Forum.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("forums.title"), Path: "/forums"}}
	return v, nil
}

func (h *Pages) forum(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readForum(r)
	if err != nil {
		return err
	}
	for _, section := range h.Sections {
		part, err := section(r, v.Page, v.Forum.ID, v.MayKeep)
		if err != nil {
			return err
		}
		if part != nil {
			v.sections = append(v.sections, part)
		}
	}
	return web.Render(w, r, http.StatusOK, forumPage(v))
}

func (h *Pages) forumJSON(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readForum(r)
	if err != nil {
		return err
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	return web.JSON(w, r, forumData{Forum: v.Forum, State: v.State(), Sessions: v.Sessions, URL: web.Base(r) + web.Path(r, v.Forum.Ref().Path)})
}

// path is an address below the forum's.
func (v forumView) path(rest string) string { return v.Forum.Ref().Path + rest }

func (v forumView) facts() []ui.Fact {
	f := v.Forum
	facts := []ui.Fact{{Label: v.T("forums.f.when"), Value: v.h.when(v.Page, f)}}
	if f.Days > 1 {
		facts = append(facts, ui.Fact{Label: v.T("forums.f.days"), Value: v.N("forums.days_long", f.Days)})
	}
	facts = append(facts, ui.Fact{Label: v.T("forums.f.where"), Show: link(v.Page, v.h.placeOf(f.PlaceID).Ref())})
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, ui.Fact{Label: v.T(key), Value: value})
		}
	}
	add("forums.f.city", v.Text(f.City))
	add("forums.f.venue", v.Text(f.Venue))
	add("forums.f.edition", f.Edition)
	if !v.Organizer.IsZero() {
		facts = append(facts, ui.Fact{Label: v.T("forums.f.organizer"), Show: link(v.Page, v.Organizer)})
	} else {
		add("forums.f.organizer", v.T("forums.not_said"))
	}
	if !f.RegistrationOpens.IsZero() {
		add("forums.f.registration", v.T("forums.days", "from", f.RegistrationOpens, "until", f.RegistrationCloses))
	}
	if f.Stream != "" {
		facts = append(facts, ui.Fact{Label: v.T("forums.f.stream"), Show: webLink(f.Stream)})
	}
	if !v.Previous.IsZero() {
		facts = append(facts, ui.Fact{Label: v.T("forums.f.previous"), Show: link(v.Page, v.Previous)})
	}
	for _, x := range v.Next {
		facts = append(facts, ui.Fact{Label: v.T("forums.f.next"), Show: link(v.Page, x)})
	}
	return facts
}

// sourceFacts tell where the forum was reported.
func (v forumView) sourceFacts() []ui.Fact {
	s := v.Forum.Source
	known := func(text string) string {
		if text == "" {
			return v.T("forums.not_said")
		}
		return text
	}
	published := ""
	if !s.Published.IsZero() {
		published = v.Date(s.Published)
	}
	return []ui.Fact{{Label: v.T("forums.f.publisher"), Value: known(s.Publisher)}, {Label: v.T("forums.f.published"), Value: known(published)},
		{Label: v.T("forums.f.language"), Value: v.T("forums.lang." + string(s.Lang))}}
}

// told is what the report tells of one thing.
type told struct {
	title string
	texts []i18n.Text
}

// said groups what the report tells.
func (v forumView) said() (out []told) {
	for _, kind := range forums.SayingKinds {
		t := told{title: v.T("forums.said." + string(kind))}
		for _, x := range v.Forum.Said {
			if x.What == kind {
				t.texts = append(t.texts, x.Text)
			}
		}
		if len(t.texts) > 0 {
			out = append(out, t)
		}
	}
	return out
}

func (v forumView) past() []ui.Moment {
	return gathered(v.Told(slices.DeleteFunc(slices.Clone(v.Past), func(e journal.Deed) bool {
		return e.Act == "forums.programme.number" // the release beside it says the same
	})))
}

// gathered tells what happened several times on one day once, with how often.
func gathered(list []ui.Moment) (out []ui.Moment) {
	n := 1
	for i, m := range list {
		if i+1 < len(list) && list[i+1].Title == m.Title && list[i+1].When == m.When {
			n++
			continue
		}
		if n > 1 {
			m.Title += " × " + strconv.Itoa(n)
		}
		out, n = append(out, m), 1
	}
	return out
}

// reportedSessions are the sessions that a report names, without hours.
func (v forumView) reportedSessions() ui.Sheet {
	s := ui.Sheet{Caption: v.T("forums.sessions"), Columns: []ui.Column{{Label: v.T("forums.f.session")}, {Label: v.T("forums.f.kind")}}}
	for _, x := range v.Sessions {
		s.Rows = append(s.Rows, []ui.Cell{{Show: ui.Text(v.Page, x.Title)}, {Text: v.T(x.Kind.Key())}})
	}
	return s
}
