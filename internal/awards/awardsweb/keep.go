package awardsweb

import (
	"net/http"
	"net/url"
	"strconv"

	"birge/internal/awards"
	"birge/internal/panels"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// roundRows are the lists of rows in the form of a round.
var roundRows = ui.Rows{Lists: []string{"nominations", "criteria"}, Given: []string{"max"}}

// readTerms judges shape only; meaning is judged by the room.
func readTerms(f *web.Form) awards.Terms {
	roundRows.Tidy(f.Values)
	t := awards.Terms{Title: f.Texts("title"), About: f.Texts("about"), Kind: f.Line("kind"), Who: f.Line("who"), Persons: f.Bool("persons"),
		Opens: f.Date("opens"), Closes: f.Date("closes"), PerWork: int(f.Int("per_work")), Spread: int(f.Int("spread")), BodyID: f.ID("body")}
	for i := range roundRows.Filled(f.Values, "nominations") {
		at := ui.RowName("nominations", i)
		t.Nominations = append(t.Nominations, awards.Nomination{Title: f.Texts(at + "title"), Sum: f.Money(at + "sum")})
	}
	for i := range roundRows.Filled(f.Values, "criteria") {
		at := ui.RowName("criteria", i)
		t.Criteria = append(t.Criteria, panels.Criterion{Code: "c" + strconv.Itoa(i+1), Name: f.Texts(at + "name"), Weight: int(f.Int(at + "weight")), Max: int(f.Int(at + "max"))})
	}
	return t
}

// termValues are the values of the form of a round.
func termValues(r awards.Round) url.Values {
	v := url.Values{"version": {strconv.FormatInt(r.Version, 10)}, "kind": {r.Kind}, "who": {r.Who}, "opens": {r.Opens.String()}, "closes": {r.Closes.String()},
		"per_work": {strconv.Itoa(r.PerWork)}, "spread": {strconv.Itoa(r.Spread)}}
	if r.Persons {
		v.Set("persons", "yes")
	}
	if r.BodyID != 0 {
		v.Set("body", r.BodyID.String())
	}
	ui.PutTexts(v, "title", r.Title)
	ui.PutTexts(v, "about", r.About)
	for i, n := range r.Nominations {
		at := ui.RowName("nominations", i)
		ui.PutTexts(v, at+"title", n.Title)
		if n.Sum > 0 {
			v.Set(at+"sum", strconv.FormatInt(n.Sum/100, 10))
		}
	}
	for i, c := range r.Criteria {
		at := ui.RowName("criteria", i)
		ui.PutTexts(v, at+"name", c.Name)
		v.Set(at+"weight", strconv.Itoa(c.Weight))
		v.Set(at+"max", strconv.Itoa(c.Max))
	}
	return v
}

// usualTerms are what a new form begins with.
func usualTerms() url.Values {
	return url.Values{"per_work": {"3"}, "spread": {"30"}, "kind": {awards.Prize}, "who": {awards.Themselves}, "criteria.0.max": {"10"}}
}

func (h *Pages) newRoundForm(w http.ResponseWriter, r *http.Request) error {
	v := usualTerms()
	for _, name := range []string{"organizer", "forum"} {
		v.Set(name, r.URL.Query().Get(name))
	}
	return h.showNewRound(w, r, v, nil)
}

func (h *Pages) createRound(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	if roundRows.Reshaped(f.Values) {
		return h.showNewRound(w, r, f.Values, nil)
	}
	n := awards.NewRound{Terms: readTerms(f)}
	f.Reject(!f.Has("organizer"), "organizer", "form.required")
	n.OrganizerID, n.PlaceID = h.Orgs.Read(f, h.Search, "organizer").ID, h.Places.Tree().Read(f, "place")
	var err error
	if n.Forum, err = h.forumOf(f); err != nil {
		return err
	}
	err = f.Err()
	var made awards.Round
	if err == nil {
		made, err = h.Awards.CreateRound(r.Context(), web.Actor(r), n)
	}
	if err != nil {
		return h.showNewRound(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, made.Ref().Path, "awards.notice.saved")
}

func (h *Pages) showNewRound(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	list, missing := h.forumChoices(r)
	if missing != nil {
		return missing
	}
	return ui.ShowForm(w, r, "awards.new", values, err, func(t ui.FormPage) templ.Component {
		return roundFields(roundForm{FormPage: t, path: "/awards/new", forums: list})
	})
}

// roundForm is the form of a round; bodies can decide it.
type roundForm struct {
	ui.FormPage
	path   string
	round  awards.Round
	bodies []panels.Body
	forums []ui.Choice // of a new one
}

func (f roundForm) bodyChoices() (out []ui.Choice) {
	out = []ui.Choice{{Value: "", Label: f.T("awards.lead_decides")}}
	for _, b := range f.bodies {
		out = append(out, ui.Choice{Value: b.ID.String(), Label: f.Text(b.Name)})
	}
	return out
}

// must is a field that has to be answered.
func must(f ui.Field) ui.Field {
	f.Required = true
	return f
}

func (h *Pages) editRoundForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	return h.showEditRound(w, r, v, termValues(v.Round), nil)
}

func (h *Pages) editRound(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	if roundRows.Reshaped(f.Values) {
		return h.showEditRound(w, r, v, f.Values, nil)
	}
	t := readTerms(f)
	if err = f.Err(); err == nil {
		_, err = h.Awards.EditRound(r.Context(), web.Actor(r), v.Round.ID, f.Version(), t)
	}
	if err != nil {
		return h.showEditRound(w, r, v, f.Values, err)
	}
	return web.SeeOther(w, r, v.Round.Ref().Path, "awards.notice.saved")
}

func (h *Pages) showEditRound(w http.ResponseWriter, r *http.Request, v view, values url.Values, err error) error {
	if !v.MayKeep {
		return h.forbidden()
	}
	bodies, bad := h.Panels.Bodies(r.Context(), v.Round.OrganizerID)
	if bad != nil {
		return bad
	}
	return ui.ShowEdit(w, r, "awards.edit", values, termValues(v.Round), err, func(t ui.FormPage) templ.Component {
		return roundFields(roundForm{t, v.Round.Ref().Path + "/edit", v.Round, bodies, nil})
	})
}

func (h *Pages) publishRound(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	x, err := h.Awards.PublishRound(r.Context(), web.Actor(r), id, web.ReadForm(r).Version())
	if _, refused := web.Refused(err); refused && err != nil {
		v, bad := h.read(r)
		if bad != nil {
			return bad
		}
		return h.showEditRound(w, r, v, termValues(v.Round), err)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, x.Ref().Path, "awards.notice.published")
}

func (h *Pages) cancelForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	return h.showCancel(w, r, v, url.Values{"version": {strconv.FormatInt(v.Round.Version, 10)}}, nil)
}

func (h *Pages) showCancel(w http.ResponseWriter, r *http.Request, v view, values url.Values, err error) error {
	if !v.MayKeep {
		return h.forbidden()
	}
	return ui.ShowForm(w, r, "awards.cancel", values, err, func(t ui.FormPage) templ.Component {
		return reasonFields(t, v.Round.Ref(), v.Round.Ref().Path+"/cancel", "awards.cancel")
	})
}

func (h *Pages) cancelRound(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	why := f.Texts("why")
	if err = f.Err(); err == nil {
		_, err = h.Awards.CancelRound(r.Context(), web.Actor(r), v.Round.ID, f.Version(), why)
	}
	if err != nil {
		return h.showCancel(w, r, v, f.Values, err)
	}
	return web.SeeOther(w, r, v.Round.Ref().Path, "awards.notice.cancelled")
}

func (h *Pages) openPanel(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	due := f.Date("due")
	if err := f.Err(); err != nil {
		return h.showCandidates(w, r, f.Values, err)
	}
	p, err := h.Awards.OpenPanel(r.Context(), web.Actor(r), id, due)
	if err != nil {
		return h.showCandidates(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, p.Ref().Path, "awards.notice.panel")
}
