package forumsweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// clock is a field for an hour.
func clock(f ui.Field) ui.Field {
	f.Type = "time"
	return f
}

// chosen is a choice of which none is made before.
func chosen(t ui.FormPage, name, label string, choices []ui.Choice) ui.Field {
	return t.Choose(name, label, append([]ui.Choice{{Label: "—"}}, choices...))
}

// readPlan judges shape only; meaning is judged by the room.
func (h *Pages) readPlan(f *web.Form) forums.Plan {
	return forums.Plan{Title: f.Texts("title"), Theme: f.Texts("theme"), About: f.Texts("about"), Edition: f.Line("edition"), PlaceID: h.Places.Tree().Read(f, "place"), City: f.Texts("city"), Venue: f.Texts("venue"),
		From: f.Date("from"), Until: f.Date("until"), OrganizerID: h.Orgs.Read(f, h.Search, "organizer").ID, PreviousID: f.ID("previous"), Partners: f.Texts("partners"), Stream: f.Line("stream"),
		RegistrationOpens: f.Date("opens"), RegistrationCloses: f.Date("closes")}
}

// planValues is a forum as the values of its form.
func (v forumView) planValues() url.Values {
	f := v.Forum
	values := url.Values{"version": {strconv.FormatInt(f.Version, 10)}, "edition": {f.Edition}, "place": {v.h.placeOf(f.PlaceID).Code()}, "organizer": {idText(f.OrganizerID)}, "stream": {f.Stream},
		"from": {dateText(f.From)}, "until": {dateText(f.Until)}, "opens": {dateText(f.RegistrationOpens)}, "closes": {dateText(f.RegistrationCloses)}, "previous": {idText(f.PreviousID)}}
	ui.PutTexts(values, "title", f.Title)
	ui.PutTexts(values, "theme", f.Theme)
	ui.PutTexts(values, "about", f.About)
	ui.PutTexts(values, "city", f.City)
	ui.PutTexts(values, "venue", f.Venue)
	ui.PutTexts(values, "partners", f.Partners)
	return values
}

func idText(id ref.ID) string {
	if id == 0 {
		return ""
	}
	return id.String()
}

func dateText(d db.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// planForm is the form of a forum.
type planForm struct {
	ui.FormPage
	path string
	new  bool
	past []ui.Choice // forums on which it can look back
}

func (h *Pages) newForumForm(w http.ResponseWriter, r *http.Request) error {
	values := url.Values{}
	by := web.Actor(r)
	if scopes := append(by.Scopes(access.Lead), by.Scopes(access.Officer)...); len(scopes) == 1 {
		names, err := h.Forums.OrgRefs(r.Context(), scopes)
		if err != nil {
			return err
		}
		if !names[scopes[0]].IsZero() {
			values.Set("organizer", scopes[0].String())
		}
	}
	return h.showPlan(w, r, "/forums/new", values, nil, nil)
}

func (h *Pages) showPlan(w http.ResponseWriter, r *http.Request, path string, values, now url.Values, err error) error {
	list, missing := h.Forums.List(r.Context(), web.Actor(r))
	if missing != nil {
		return missing
	}
	title := "forums.edit"
	if now == nil {
		title = "forums.new"
	}
	return ui.ShowEdit(w, r, title, values, now, err, func(t ui.FormPage) templ.Component {
		f := planForm{FormPage: t, path: path, new: now == nil}
		for _, c := range list {
			if c.Public() && "/forums/"+c.ID.String()+"/edit" != path {
				f.past = append(f.past, ui.Choice{Value: c.ID.String(), Label: t.Text(c.Title) + ", " + h.when(t.Page, c.Forum)})
			}
		}
		return planFields(f)
	})
}

func (h *Pages) createForum(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	plan := h.readPlan(f)
	err := f.Err()
	var made forums.Forum
	if err == nil {
		made, err = h.Forums.Create(r.Context(), web.Actor(r), forums.NewForum{Plan: plan})
	}
	if err != nil {
		return h.showPlan(w, r, "/forums/new", f.Values, nil, err)
	}
	return web.SeeOther(w, r, made.Ref().Path, "forums.notice.made")
}

// readKept is readForum for the organizer's side.
func (h *Pages) readKept(r *http.Request) (forumView, error) {
	v, err := h.readForum(r)
	if err == nil && !v.MayKeep {
		err = problem.New(problem.Forbidden, "forums.only_organizer")
	}
	v.NoIndex = true
	v.Crumbs = append(v.Crumbs, ui.Crumb{Title: v.Title, Path: v.path("")})
	return v, err
}

func (h *Pages) editForumForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readKept(r)
	if err != nil {
		return err
	}
	return h.showPlan(w, r, v.path("/edit"), v.planValues(), v.planValues(), nil)
}

func (h *Pages) editForum(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readKept(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	plan := h.readPlan(f)
	if err = f.Err(); err == nil {
		_, err = h.Forums.Edit(r.Context(), web.Actor(r), v.Forum.ID, f.Version(), plan)
	}
	if err != nil {
		return h.showPlan(w, r, v.path("/edit"), f.Values, v.planValues(), err)
	}
	return web.SeeOther(w, r, v.path(""), "forums.notice.saved")
}

// turn announces a forum or sends it to the archive.
func (h *Pages) turn(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readKept(r)
	if err != nil {
		return err
	}
	id := v.Forum.ID
	switch do := web.ReadForm(r).Line("do"); do {
	case "announce":
		_, err = h.Forums.Announce(r.Context(), web.Actor(r), id)
	case "archive":
		_, err = h.Forums.Archive(r.Context(), web.Actor(r), id)
	default:
		err = problem.New(problem.Invalid, "form.unknown_choice")
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/forums/"+id.String(), "forums.notice.saved")
}

// joined is one line of what is not empty.
func joined(parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " · ")
}
