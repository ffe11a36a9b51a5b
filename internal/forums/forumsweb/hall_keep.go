package forumsweb

import (
	"net/http"
	"net/url"
	"strconv"

	"birge/internal/forums"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// forumID is the id of a thing of the hall, 0 for none.
type forumID = ref.ID

// keepView is the halls of a forum as its organizer sees them.
type keepView struct {
	ui.FormPage
	forums.Keeping
}

func (h *Pages) keepHall(w http.ResponseWriter, r *http.Request) error {
	return h.showKeep(w, r, url.Values{}, nil)
}

func (h *Pages) showKeep(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	id, missing := web.ID(r, "id")
	if missing != nil {
		return missing
	}
	k := keepView{FormPage: ui.FormPage{Page: ui.PageOf(r, web.Words(r).T("forums.keep_hall")), Values: values}}
	if k.Keeping, missing = h.Forums.Keeping(r.Context(), web.Actor(r), id); missing != nil {
		return missing
	}
	k.NoIndex = true
	k.Page.Sample = k.Page.Sample || k.Forum.Sample
	k.Crumbs = []ui.Crumb{{Title: k.T("forums.title"), Path: "/forums"}, {Title: k.Text(k.Forum.Title), Path: k.Forum.Ref().Path}, {Title: k.T("forums.hall"), Path: k.path("")}}
	status := http.StatusOK
	if err != nil {
		bad, refused := web.Refused(err)
		if !refused {
			return err
		}
		status, k.Faults = web.Status(err), bad.Fields
		if len(bad.Fields) == 0 {
			k.Refused = k.T(bad.Key, bad.Args...)
		}
	}
	return web.Render(w, r, status, keepHallPage(k))
}

func (k keepView) path(rest string) string { return k.Forum.Ref().Path + "/hall" + rest }

func (h *Pages) actOnHalls(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	ctx, by, f := r.Context(), web.Actor(r), web.ReadForm(r)
	switch f.Line("do") {
	case "leads", "shows":
		token, err := h.Forums.HandLink(ctx, by, id, f.ID("session"), forums.Does(f.Line("do")))
		if err != nil {
			return h.showKeep(w, r, f.Values, err)
		}
		return web.SeeOther(w, r, "/hall/"+token, "")
	case "end_links":
		err = h.Forums.EndLinks(ctx, by, id)
	case "give_up":
		err = h.Forums.GiveUpHall(ctx, by, id)
	case "mandates":
		var list []forums.NewMandate
		if list, err = forums.ReadMandates(f.Text("list")); err == nil {
			err = h.Forums.GiveMandates(ctx, by, id, list)
		}
	default:
		if _, err = h.Forums.Keeping(ctx, by, id); err == nil {
			err = problem.New(problem.Invalid, "form.unknown_choice")
		}
	}
	if err != nil {
		return h.showKeep(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/forums/"+id.String()+"/hall/keep", "forums.notice.saved")
}

func (k keepView) mandates() ui.Sheet {
	s := ui.Sheet{Caption: k.T("forums.mandates"), Columns: []ui.Column{{Label: k.T("forums.f.mandate")}, {Label: k.T("forums.f.holder")}, {Label: k.T("forums.f.code")}}}
	for _, m := range k.Mandates {
		x := k.People[m.HolderID]
		holder := x.Name
		if m.PassedFrom != 0 {
			holder = joined(holder, k.T("forums.passed_once"))
		}
		s.Rows = append(s.Rows, ui.Cells(m.Of, holder, x.Code))
	}
	return s
}

// packs tell of the halls that were taken along.
func (k keepView) packs() (out []ui.Moment) {
	for _, p := range k.Packs {
		m := ui.Moment{When: k.Date(p.PackedAt), Title: k.T("forums.pack_is." + string(p.State))}
		if p.Head != "" {
			m.Text = k.T("forums.pack_head", "places", strconv.FormatInt(p.Places, 10), "head", p.Head)
		}
		out = append(out, m)
	}
	return out
}

func (k keepView) away() bool { return len(k.Packs) > 0 && k.Packs[0].State == forums.Away }

// doorAddress is where phones come in, as it is typed.
func (v hallView) doorAddress() string {
	return v.origin + "/" + string(v.Lang) + v.Forum.Ref().Path + "/hall"
}

// noteTone is how loud a hall on a laptop speaks.
func noteTone(secure bool) string {
	if secure {
		return ""
	}
	return ui.Wait
}

func limited(f ui.Field, most, rows int) ui.Field {
	f.Max, f.Rows = most, rows
	return f
}

// formed tells apart the fields of several forms of one page.
func formed(f ui.Field, form string) ui.Field {
	f.Form = form
	return f
}

// seconds is how long each speaks, as it is set.
func seconds(v hallView) ui.Field {
	f := v.Need("seconds", "forums.f.seconds")
	if f.Value == "" {
		f.Value = strconv.FormatInt(v.Stage.Seconds, 10)
	}
	return f
}

// set is a box as it is set.
func set(v hallView, name, label string, on bool) ui.Field {
	return ui.Field{Name: name, Label: v.T(label), Checked: on}
}
