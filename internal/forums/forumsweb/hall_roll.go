package forumsweb

import (
	"net/http"
	"strconv"
	"strings"

	"birge/internal/forums"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// rollView is who chose what in a vote.
type rollView struct {
	ui.Page
	forums.Roll
	// back leads to the hall, where the reader came by a link.
	back string
}

// roll tells who chose what to whoever reads the portal.
func (h *Pages) roll(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	vote, err := web.ID(r, "vote")
	if err != nil {
		return err
	}
	web.Touch(r, ref.Ref{Kind: forums.Kind, ID: id}.Key())
	v := rollView{Page: ui.PageOf(r, web.Words(r).T("forums.roll"))}
	if v.Roll, err = h.Forums.Roll(r.Context(), web.Actor(r), id, vote); err != nil {
		return err
	}
	v.Crumbs = []ui.Crumb{{Title: v.T("forums.title"), Path: "/forums"}, {Title: v.Text(v.Forum.Title), Path: v.Forum.Ref().Path}, {Title: v.T("forums.hall"), Path: v.Forum.Ref().Path + "/hall"}}
	return v.show(w, r)
}

// rollInHall tells it to whoever has a link into the hall.
func (h *Pages) rollInHall(w http.ResponseWriter, r *http.Request) error {
	vote, err := web.ID(r, "vote")
	if err != nil {
		return err
	}
	v := rollView{Page: ui.PageOf(r, web.Words(r).T("forums.roll")), back: "/hall/" + r.PathValue("token")}
	if v.Roll, err = h.Forums.RollByLink(r.Context(), r.PathValue("token"), vote); err != nil {
		return err
	}
	v.NoIndex, v.Base = true, "" // the secret address is nobody's canonical one
	w.Header().Set("Cache-Control", "no-store")
	return v.show(w, r)
}

func (v rollView) show(w http.ResponseWriter, r *http.Request) error {
	v.Page.Sample = v.Page.Sample || v.Forum.Sample
	return web.Render(w, r, http.StatusOK, rollPage(v))
}

// byLine tells that each voice has a line of its own: what is only a number does not.
func (v rollView) byLine() bool { return v.Named || v.Vote.Manner == forums.ByMandate }

// lines are the voices, each with who it is as far as the reader may know.
func (v rollView) lines() ui.Sheet {
	s := ui.Sheet{Caption: v.T("forums.roll"), Empty: v.T("forums.roll_empty"), Columns: []ui.Column{{Label: v.T("forums.f.roll_no")}}}
	mandated := v.Vote.Manner == forums.ByMandate
	if mandated {
		s.Columns = append(s.Columns, ui.Column{Label: v.T("forums.f.mandate")})
	}
	if v.Named {
		s.Columns = append(s.Columns, ui.Column{Label: v.T("forums.f.voter")})
	}
	s.Columns = append(s.Columns, ui.Column{Label: v.T("forums.f.choice")})
	for _, x := range v.Voices {
		row := ui.Cells("№ " + v.Int(x.No))
		if mandated {
			row = append(row, ui.Cell{Text: x.Of})
		}
		if v.Named {
			row = append(row, ui.Cell{Text: v.voter(x)})
		}
		s.Rows = append(s.Rows, append(row, ui.Cell{Text: choice(v.Page, v.Vote, int(x.Choice))}))
	}
	return s
}

// voter is who cast a voice; after a year nobody knows it any more.
func (v rollView) voter(x forums.CastVoice) string {
	if x.Name == "" {
		return v.T("forums.somebody")
	}
	return joined(x.Name, x.From)
}

// numbers are the numbers of the voices for one choice.
func (v rollView) numbers(choice int) string {
	var out []string
	for _, x := range v.Voices {
		if x.Choice == int64(choice) {
			out = append(out, strconv.FormatInt(x.No, 10))
		}
	}
	if len(out) == 0 {
		return v.T("forums.roll_nobody")
	}
	return strings.Join(out, ", ")
}

// own says what the reader's own voices were.
func (v rollView) own() (out []string) {
	for _, x := range v.Own() {
		out = append(out, v.T("forums.roll_mine", "no", v.Int(x.No), "choice", choice(v.Page, v.Vote, int(x.Choice))))
	}
	return out
}

// about says who can see what of this vote.
func (v rollView) about() string {
	switch {
	case v.Vote.Manner == forums.ByMandate:
		return v.T("forums.roll_mandates")
	case v.Named:
		return v.T("forums.roll_named")
	}
	return v.T("forums.roll_numbers")
}

// rollPath is where a counted vote tells who chose what, "" where nobody may know.
func rollPath(v forums.Vote, hall string) string {
	if v.Manner == forums.Secretly || !v.Public() || len(v.Result.Counts) == 0 {
		return ""
	}
	return hall + "/votes/" + v.ID.String()
}
