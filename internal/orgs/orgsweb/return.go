package orgsweb

import (
	"net/http"
	"net/url"
	"strconv"

	"birge/internal/orgs"
	"birge/internal/platform/problem"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

func (p *Pages) returnForm(w http.ResponseWriter, r *http.Request) error {
	y, o, err := p.returnOf(r)
	if err != nil {
		return err
	}
	return p.showReturn(w, r, y, o, typedReturn(y), nil)
}

func (p *Pages) returnOf(r *http.Request) (y orgs.Return, o orgs.Organization, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return y, o, err
	}
	year, bad := strconv.Atoi(r.PathValue("year"))
	if bad != nil {
		return y, o, problem.New(problem.NotFound, "problem.not_found")
	}
	return p.Orgs.ReturnOf(r.Context(), web.Actor(r), id, year)
}

func (p *Pages) showReturn(w http.ResponseWriter, r *http.Request, y orgs.Return, o orgs.Organization, values url.Values, err error) error {
	return ui.ShowEdit(w, r, "orgs.return_title", values, typedReturn(y), err, func(t ui.FormPage) templ.Component { return returnFields(t, &y, o) })
}

func (p *Pages) submitReturn(w http.ResponseWriter, r *http.Request) error {
	y, o, err := p.returnOf(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	d := readReturn(f)
	if err = f.Err(); err == nil {
		_, err = p.Orgs.SubmitReturn(r.Context(), web.Actor(r), o.ID, y.Year, f.Version(), d)
	}
	if err != nil {
		return p.showReturn(w, r, y, o, f.Values, err)
	}
	return web.SeeOther(w, r, o.Ref().Path, "orgs.notice.filed")
}

func readReturn(f *web.Form) orgs.ReturnData {
	d := orgs.ReturnData{Chosen: map[string]orgs.Shown{}}
	for _, x := range d.Fields() {
		switch {
		case x.Text != nil:
			*x.Text = f.Texts(x.Name)
		case x.Money != nil:
			*x.Money = f.Money(x.Name)
		default:
			*x.Count = f.Int(x.Name)
		}
		if s := f.Line("shown." + x.Name); s != "" {
			d.Chosen[x.Name] = orgs.Shown(s)
		}
	}
	return d
}

// typedReturn is a return as the values of its form; one that was never filed is
// empty, so that nobody sends zeros unawares.
func typedReturn(y orgs.Return) url.Values {
	v := url.Values{"version": {strconv.FormatInt(y.Version, 10)}}
	for _, x := range y.Fields() {
		v.Set("shown."+x.Name, string(x.Shown))
		switch {
		case x.Text != nil:
			ui.PutTexts(v, x.Name, *x.Text)
		case y.SubmittedOn.IsZero():
		case x.Money != nil:
			v.Set(x.Name, tenge(*x.Money))
		default:
			v.Set(x.Name, strconv.FormatInt(*x.Count, 10))
		}
	}
	return v
}

// tenge writes tiyn as a field of money is typed.
func tenge(tiyn int64) string {
	s := strconv.FormatInt(tiyn/100, 10)
	if rest := tiyn % 100; rest != 0 {
		s += "." + strconv.FormatInt(100+rest, 10)[1:]
	}
	return s
}

func circles() (out []string) {
	for _, c := range orgs.Circles {
		out = append(out, string(c))
	}
	return out
}

func (p *Pages) tieForm(w http.ResponseWriter, r *http.Request) error {
	return p.showTie(w, r, url.Values{"who": {"me"}}, nil)
}

func (p *Pages) showTie(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	o, err := p.living(r)
	if err != nil {
		return err
	}
	return ui.ShowForm(w, r, "orgs.tie_title", values, fault, func(t ui.FormPage) templ.Component {
		return tieFields(t, o, web.Actor(r).LeadsOrg(o.ID))
	})
}

// tie notes a tie, or its end when a last day is given.
func (p *Pages) tie(w http.ResponseWriter, r *http.Request) error {
	o, err := p.living(r)
	if err != nil {
		return err
	}
	by, f := web.Actor(r), web.ReadForm(r)
	person := p.Orgs.PersonByUser(by.UserID)
	if f.Line("who") == "other" {
		key, ok := p.Orgs.PersonByIIN(f.Line("iin"))
		f.Reject(!ok, "iin", "orgs.iin_wrong")
		person = key
	}
	kind, since, until := orgs.TieKind(f.Line("kind")), f.Date("since"), f.Date("until")
	if err = f.Err(); err == nil {
		if until.IsZero() {
			_, err = p.Orgs.AddTie(r.Context(), by, o.ID, person, kind, since)
		} else {
			err = p.Orgs.EndTieOf(r.Context(), by, o.ID, person, kind, until)
		}
	}
	if err != nil {
		f.Values.Del("iin") // it is kept nowhere, not even in a page
		return p.showTie(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, o.Ref().Path, "orgs.notice.tied")
}

func tieKinds() (out []string) {
	for _, k := range orgs.TieKinds {
		out = append(out, string(k))
	}
	return out
}

// living is the organization of the address, or the one that took its place.
func (p *Pages) living(r *http.Request) (o orgs.Organization, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return o, err
	}
	if o, err = p.Orgs.ByID(r.Context(), id); err == nil && !o.Living() {
		o, err = p.Orgs.ByID(r.Context(), o.MergedInto)
	}
	return o, err
}
