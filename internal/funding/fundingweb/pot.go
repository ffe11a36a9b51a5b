package fundingweb

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"birge/internal/funding"
	"birge/internal/platform/files"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// potView is a pot with what is needed to draw it.
type potView struct {
	ui.Page
	funding.PotStory
	h *Pages
}

// readPot loads the pot that a request asks for.
func (h *Pages) readPot(r *http.Request) (v potView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: funding.KindPot, ID: id}.Key(), funding.KindTopic, projects.KindProject)
	v = potView{Page: ui.PageOf(r, ""), h: h}
	if v.PotStory, err = h.Funding.PotStory(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	web.Touch(r, v.Programme.Key(), v.Funder.Key())
	v.Title = v.Text(v.Pot.Title)
	v.Page.Sample = v.Page.Sample || v.Pot.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("projects.programmes"), Path: "/programmes"}, {Title: v.Text(v.Programme.Title), Path: v.Programme.Path}}
	return v, nil
}

func (h *Pages) pot(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readPot(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, potPage(v))
}

func (h *Pages) whyPot(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readPot(r)
	if err != nil {
		return err
	}
	v.Title = v.T("funding.why.title") + " · " + v.Title
	return web.Render(w, r, http.StatusOK, whyPotPage(v))
}

func (v potView) why() string { return v.Pot.Ref().Path + "/why" }

// boundSum is what is bound in all years.
func (v potView) boundSum() (sum int64) {
	for _, b := range v.Bound {
		sum += b.Sum
	}
	return sum
}

// approvedSum is the money of the years that were approved.
func (v potView) approvedSum() (sum int64) {
	for _, y := range v.Pot.Years {
		if y.Approved() {
			sum += y.Ceiling
		}
	}
	return sum
}

func (v potView) figures() []ui.Figure {
	list := []ui.Figure{
		{Label: v.T("funding.pot.planned"), Value: v.ShortMoney(v.Pot.Sum(), ""), Why: v.why() + "#planned"},
		{Label: v.T("funding.pot.approved"), Value: v.ShortMoney(v.approvedSum(), ""), Why: v.why() + "#approved"},
		{Label: v.T("funding.pot.bound"), Value: v.ShortMoney(v.boundSum(), ""), Why: v.why() + "#bound"},
	}
	if share, ok := v.ToDistricts(); ok {
		f := ui.Figure{Label: v.T("funding.pot.districts"), Value: v.Percent(float64(share)), Why: v.why() + "#districts"}
		if v.Pot.DistrictShare > 0 {
			f.Note = v.T("funding.pot.districts_wanted", "percent", v.Percent(float64(v.Pot.DistrictShare)))
			if share < v.Pot.DistrictShare {
				f.Tone = ui.Wait
			}
		}
		list = append(list, f)
	} else if v.Pot.DistrictShare > 0 {
		list = append(list, ui.Figure{Label: v.T("funding.pot.districts_target"), Value: v.Percent(float64(v.Pot.DistrictShare)), Note: v.T("funding.pot.districts_none_yet"), Why: v.why() + "#districts"})
	}
	return list
}

// years are the years of the pot with what is bound and left of each.
func (v potView) years() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.pot.years"), Columns: []ui.Column{{Label: v.T("funding.year")}, {Label: v.T("funding.pot.ceiling"), Num: true},
		{Label: v.T("funding.pot.bound"), Num: true}, {Label: v.T("funding.pot.left"), Num: true}, {Label: v.T("funding.pot.act")}}}
	for _, y := range v.Pot.Years {
		bound := v.BoundIn(y.Year)
		row := ui.Cells(strconv.Itoa(y.Year), v.Money(y.Ceiling, ""), v.Money(bound, ""), "—", v.actOf(y))
		if y.Approved() {
			row[3].Text = v.Money(y.Ceiling-bound, "")
		}
		row[4].Show = potAct(v, y)
		s.Rows = append(s.Rows, row)
	}
	return s
}

// actOf tells how a year stands.
func (v potView) actOf(y funding.PotYear) string {
	switch {
	case y.Approved():
		return v.T("funding.pot.approved_by", "act", y.Act, "day", y.ApprovedOn)
	case !y.ApproveBy.IsZero():
		return v.T("funding.pot.to_approve_by", "day", y.ApproveBy)
	}
	return v.T("funding.pot.planned_only")
}

// paperOf is the address of the paper of an act, "" where there is none.
func (v potView) paperOf(y funding.PotYear) string {
	if f, ok := v.Papers[y.Paper]; ok {
		return f.Address(files.Original)
	}
	return ""
}

func (v potView) bindings() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.pot.bound_for"), Empty: v.T("funding.pot.nothing_bound"), Columns: []ui.Column{{Label: v.T("funding.pot.for")},
		{Label: v.T("funding.year")}, {Label: v.T("funding.money"), Num: true}}}
	if v.MayKeep {
		s.Columns = append(s.Columns, ui.Column{Label: v.T("funding.pot.free"), Num: true})
	}
	for _, b := range v.Bound {
		row := ui.Cells(v.Text(b.For.Title), strconv.Itoa(b.Year), v.Money(b.Sum, ""))
		row[0].Path = b.For.Path
		if free, ok := v.Free[b.ID]; v.MayKeep {
			row = append(row, ui.Cells("—")...)
			if ok {
				row[3].Text, row[3].Path = v.Money(free, ""), b.For.Path+"/progress#cut"
			}
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// agreed is the money of agreed projects by year, and what of it went to districts.
func (v potView) agreed() ui.Sums {
	s := ui.Sums{Caption: v.T("funding.pot.agreed"), Head: v.T("funding.year"), Total: true, Empty: v.T("funding.pot.nothing_agreed"),
		Columns: []string{v.T("funding.pot.agreed_all"), v.T("funding.pot.agreed_districts")}}
	for _, y := range v.Agreed {
		s.Rows = append(s.Rows, ui.SumRow{Label: strconv.Itoa(y.Year), Values: []int64{y.All, y.Districts}})
	}
	return s
}

func (v potView) facts() []ui.Fact {
	return []ui.Fact{
		{Label: v.T("funding.programme"), Show: refLink(v.Page, v.Programme)},
		{Label: v.T("funding.pot.funder"), Show: refLink(v.Page, v.Funder)},
		{Label: v.T("funding.place"), Show: refLink(v.Page, v.h.placeOf(v.Pot.PlaceID).Ref())},
		{Label: v.T("funding.kind"), Value: v.h.term(v.Printer, "funding_kind", v.Pot.Kind)},
	}
}

func (v potView) topicHits() (out []ui.Found) {
	for _, t := range v.Topics {
		out = append(out, ui.Found{Title: t.Title, Path: t.Ref().Path, Sum: v.Money(t.ApprovedSum, ""), Line: t.Number + " · " + v.Text(v.h.placeOf(t.PlaceID).Name)})
	}
	return out
}

// topicBoxes are the approved topics that can be paid for from the pot.
func (v potView) topicBoxes() ui.Field {
	f := ui.Field{Name: "topics", Label: v.T("funding.pot.topics_waiting"), Required: true}
	for _, t := range v.Approved {
		f.Choices = append(f.Choices, ui.Choice{Value: t.ID.String(), Label: t.Number + " · " + v.Text(t.Title) + " · " + v.Money(t.ApprovedSum, "")})
	}
	return f
}

func (v potView) owed() []ui.Debt { return debts(v.Page, v.Owed, v.Day) }

func (v potView) past() []ui.Moment { return v.Told(v.Past) }

// ProgrammeSection tells on the page of a programme which pots its money lies in.
func ProgrammeSection(s *funding.Service) func(r *http.Request, page ui.Page, programme projects.Programme) (templ.Component, error) {
	return func(r *http.Request, page ui.Page, programme projects.Programme) (templ.Component, error) {
		web.Touch(r, funding.KindPot, funding.KindBinding)
		list, err := s.PotsOf(r.Context(), programme.ID)
		if err != nil {
			return nil, err
		}
		may := s.MayMakePot(web.Actor(r), programme)
		if len(list) == 0 && !may {
			return nil, nil
		}
		return potsSection(page, programme, list, s.Places.Tree(), may), nil
	}
}

// programmeOf is the programme that the address of a new pot names.
func (h *Pages) programmeOf(r *http.Request) (projects.Programme, error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return projects.Programme{}, err
	}
	st, err := h.Projects.ProgrammeStory(r.Context(), web.Actor(r), id, 0)
	if err == nil && !st.MayKeep {
		err = problem.New(problem.Forbidden, "funding.only_funder_side")
	}
	return st.Programme, err
}

func (h *Pages) newPotForm(w http.ResponseWriter, r *http.Request) error {
	return h.showNewPot(w, r, url.Values{}, nil)
}

func (h *Pages) showNewPot(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	p, missing := h.programmeOf(r)
	if missing != nil {
		return missing
	}
	if !values.Has("place") {
		values.Set("place", h.placeOf(p.PlaceID).Code())
	}
	return h.draw(w, r, "funding.pot.new", values, nil, err, func(f form) templ.Component {
		return potFields(f, p, p.Ref().Path+"/pots/new", funding.Pot{})
	})
}

// typedPot reads a pot; each year of the programme has its own row in the form.
func (h *Pages) typedPot(f *web.Form, programme projects.Programme) funding.Pot {
	p := funding.Pot{ProgrammeID: programme.ID, Title: f.Texts("title"), PlaceID: h.Places.Tree().Read(f, "place"), Kind: f.Line("kind"), DistrictShare: int(f.Int("district_share"))}
	for i := range programme.To - programme.From + 1 {
		if at := row("years", i); f.Has(at + "ceiling") {
			p.Years = append(p.Years, funding.PotYear{Year: programme.From + i, Ceiling: f.Money(at + "ceiling"), ApproveBy: f.Date(at + "approve_by")})
		}
	}
	return p
}

// atRows moves the faults of the years of a pot to the rows of the form, which are
// the years of its programme.
func atRows(err error, years []funding.PotYear, programme projects.Programme) error {
	bad := problem.As(err)
	if bad == nil || bad.Fields == nil {
		return err
	}
	moved := problem.Fields{}
	for name, fault := range bad.Fields {
		for i, y := range years {
			if name == row("years", i)+"ceiling" {
				name = row("years", y.Year-programme.From) + "ceiling"
				break
			}
		}
		moved[name] = fault
	}
	return moved.Err()
}

func (h *Pages) createPot(w http.ResponseWriter, r *http.Request) error {
	programme, err := h.programmeOf(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	p := h.typedPot(f, programme)
	made := p
	if err = f.Err(); err == nil {
		made, err = h.Funding.CreatePot(r.Context(), web.Actor(r), p)
	}
	if err != nil {
		return h.showNewPot(w, r, f.Values, atRows(err, p.Years, programme))
	}
	return web.SeeOther(w, r, made.Ref().Path, "funding.notice.saved")
}

// potValues is a pot as the values of its form.
func (v potView) potValues(programme projects.Programme) url.Values {
	p := v.Pot
	values := url.Values{"place": {v.h.placeOf(p.PlaceID).Code()}, "version": {strconv.FormatInt(p.Version, 10)}}
	if p.DistrictShare > 0 {
		values.Set("district_share", strconv.Itoa(p.DistrictShare))
	}
	ui.PutTexts(values, "title", p.Title)
	for _, y := range p.Years {
		at := row("years", y.Year-programme.From)
		values.Set(at+"ceiling", tenge(y.Ceiling))
		if !y.ApproveBy.IsZero() {
			values.Set(at+"approve_by", y.ApproveBy.String())
		}
	}
	return values
}

// editedPot loads a pot for a form of those who keep it, with its programme.
func (h *Pages) editedPot(r *http.Request) (v potView, p projects.Programme, err error) {
	if v, err = h.readPot(r); err != nil {
		return v, p, err
	}
	if !v.MayKeep {
		return v, p, problem.New(problem.Forbidden, "funding.only_funder_side")
	}
	st, err := h.Projects.ProgrammeStory(r.Context(), web.Actor(r), v.Pot.ProgrammeID, 0)
	return v, st.Programme, err
}

func (h *Pages) editPotForm(w http.ResponseWriter, r *http.Request) error {
	v, programme, err := h.editedPot(r)
	if err != nil {
		return err
	}
	return h.showEditPot(w, r, v, programme, v.potValues(programme), nil)
}

func (h *Pages) showEditPot(w http.ResponseWriter, r *http.Request, v potView, programme projects.Programme, values url.Values, err error) error {
	return h.draw(w, r, "funding.pot.edit", values, v.potValues(programme), err, func(f form) templ.Component {
		return potFields(f, programme, v.Pot.Ref().Path+"/edit", v.Pot)
	})
}

func (h *Pages) editPot(w http.ResponseWriter, r *http.Request) error {
	v, programme, err := h.editedPot(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	p := h.typedPot(f, programme)
	if err = f.Err(); err == nil {
		_, err = h.Funding.EditPot(r.Context(), web.Actor(r), v.Pot.ID, f.Version(), p)
	}
	if err != nil {
		return h.showEditPot(w, r, v, programme, f.Values, atRows(err, v.Pot.Replanned(p).Years, programme))
	}
	return web.SeeOther(w, r, v.Pot.Ref().Path, "funding.notice.saved")
}

// yearOf is the year of a pot that an address names.
func (v potView) yearOf(r *http.Request) (funding.PotYear, error) {
	year, err := strconv.Atoi(r.PathValue("year"))
	i := slices.IndexFunc(v.Pot.Years, func(y funding.PotYear) bool { return y.Year == year })
	if err != nil || i < 0 {
		return funding.PotYear{}, problem.New(problem.NotFound, "problem.not_found")
	}
	return v.Pot.Years[i], nil
}

func (v potView) versionValues() url.Values {
	return url.Values{"version": {strconv.FormatInt(v.Pot.Version, 10)}}
}

func (h *Pages) approveYearForm(w http.ResponseWriter, r *http.Request) error {
	return h.showApproveYear(w, r, nil, nil)
}

func (h *Pages) showApproveYear(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, _, missing := h.editedPot(r)
	if missing != nil {
		return missing
	}
	y, missing := v.yearOf(r)
	if missing != nil {
		return missing
	}
	if values == nil {
		values = v.versionValues()
		values.Set("sum", tenge(y.Ceiling))
	}
	return h.draw(w, r, "funding.pot.approve", values, v.versionValues(), err, func(f form) templ.Component { return approveYearFields(f, v, y) })
}

func (h *Pages) approveYear(w http.ResponseWriter, r *http.Request) error {
	v, _, err := h.editedPot(r)
	if err != nil {
		return err
	}
	y, err := v.yearOf(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	a := funding.Approval{Year: y.Year, Sum: f.Money("sum"), On: f.Date("on"), Act: f.Line("act")}
	if err = f.Err(); err == nil {
		a.Paper, err = h.typedPaper(r, v.Pot.ID, f)
	}
	if err == nil {
		_, err = h.Funding.ApproveYear(r.Context(), web.Actor(r), v.Pot.ID, f.Version(), a)
	}
	if err != nil {
		return h.showApproveYear(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, v.Pot.Ref().Path, "funding.notice.year_approved")
}

// typedPaper is the paper of an act, nil where none was handed in.
func (h *Pages) typedPaper(r *http.Request, pot ref.ID, f *web.Form) (*files.Checked, error) {
	checked, err := ui.Judge(r, f.Files("files"), func(name string, body io.Reader) (*files.Checked, error) {
		return h.Funding.CheckPaper(r.Context(), web.Actor(r), pot, name, body)
	})
	if err != nil || len(checked) == 0 {
		return nil, err
	}
	return checked[0], nil
}

// fundTopics says for which topics the money of the pot was voted.
func (h *Pages) fundTopics(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	var topics []ref.ID
	for _, s := range web.ReadForm(r).List("topics") {
		if topic, ok := ref.ParseID(s); ok {
			topics = append(topics, topic)
		}
	}
	if err := h.Funding.FundTopics(r.Context(), web.Actor(r), id, topics); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/pots/"+id.String(), "funding.notice.saved")
}

// districtShare asks which part of the money is to go to districts.
func (f form) districtShare() ui.Field {
	x := f.Ask("district_share", "funding.pot.district_share")
	x.Hint = f.T("funding.pot.district_share_hint")
	return x
}
