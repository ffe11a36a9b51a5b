// Package orgs is the register of everybody who takes part: NGOs, state bodies,
// businesses, media, party branches, ethnocultural centres, trade unions, public
// councils and others. Not all of them are NGOs.
//
// An organization has one page for ever. Its BIN is unique when it has one. Its
// dates of founding and closing are kept so that counts over the years are
// counted, never typed. A page is kept by its leads, whose claim an officer or a
// mail to the register's address has proved, else by the officers of its place.
// Two pages of one body are merged: the older history stays readable and the old
// address leads to the new one. Of natural persons only the head in office is
// public; ties of others serve the conflict check and are kept as keyed hashes.
package orgs

import (
	"net/mail"
	"net/url"
	"slices"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Kind is the kind of the ref of an organization.
const Kind = "organization"

// NGO is the kind of organization that the law on non-profit organizations obliges
// to file a yearly return. Parties, trade unions and religious associations are
// other kinds.
const NGO = "ngo"

// StateBody is the kind of a body of the state.
const StateBody = "state_body"

// The lists of norms from which an organization takes its codes.
const (
	ListKinds      = "org_kind"
	ListLegalForms = "legal_form"
	ListSpheres    = "sphere"
)

// Draft is what somebody fills in about an organization.
type Draft struct {
	BIN       string    `json:"bin" public:"orgs.field.bin"`
	Kind      string    `json:"kind" public:"orgs.field.kind"`             // code of the list org_kind
	LegalForm string    `json:"legal_form" public:"orgs.field.legal_form"` // code of the list legal_form, "" when unknown
	Name      i18n.Text `json:"name" public:"orgs.field.name"`
	ShortName i18n.Text `json:"short_name" public:"orgs.field.short_name"`
	PlaceID   ref.ID    `json:"place_id" public:"orgs.field.place"`
	Address   i18n.Text `json:"address" public:"orgs.field.address"`
	Spheres   []string  `json:"spheres" public:"orgs.field.spheres"` // codes of the list sphere
	Founded   db.Date   `json:"founded" public:"orgs.field.founded"` // no date when unknown
	Closed    db.Date   `json:"closed" public:"orgs.field.closed"`
	// Head is the name of the head in office: the only natural person shown.
	Head string `json:"head" public:"orgs.field.head"`
	// Site, Mail and Phone are those of the office, never of a person.
	Site  string    `json:"site" public:"orgs.field.site"`
	Mail  string    `json:"mail" public:"orgs.field.mail"`
	Phone string    `json:"phone" public:"orgs.field.phone"`
	About i18n.Text `json:"about" public:"orgs.field.about"`
}

// Organization is one entry of the register.
type Organization struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	Draft
	// Rural tells that the place is in the country, as it was at the last change.
	Rural bool `json:"rural"`
	// Source says where the entry came from: "hand", "import", "sample".
	Source string `json:"source"`
	// MergedInto is the page that took this one's place, 0 as a rule.
	MergedInto ref.ID    `json:"merged_into"`
	MergedOn   db.Date   `json:"merged_on"`
	MergedWhy  i18n.Text `json:"merged_why"`
	Sample     bool      `json:"sample"`
}

// Ref names the organization to other rooms.
func (o Organization) Ref() ref.Ref {
	return ref.Ref{Kind: Kind, ID: o.ID, Title: o.Title(), Path: "/organizations/" + o.ID.String()}
}

// Title is the short name where there is one, else the name.
func (o Organization) Title() i18n.Text {
	if !o.ShortName.IsZero() {
		return o.ShortName
	}
	return o.Name
}

// JournalVersion is the version of the row.
func (o Organization) JournalVersion() int64 { return o.Version }

// Public tells that the register is open to all.
func (o Organization) Public() bool { return true }

// Living tells that o is a page of its own, not merged into another.
func (o Organization) Living() bool { return o.MergedInto == 0 }

// ActiveOn tells that o existed on the day: founded and not yet closed. One whose
// founding date is unknown counts as founded.
func (o Organization) ActiveOn(day db.Date) bool {
	return !o.Founded.After(day) && (o.Closed.IsZero() || o.Closed.After(day))
}

// IsNGO tells that the law asks o for a yearly return.
func (o Organization) IsNGO() bool { return o.Kind == NGO }

// Terms tells whether the lists of norms know a code.
type Terms func(list, code string) bool

// Place is what the register needs to know of a place.
type Place struct {
	ref.Ref
	// Path is the place itself and the places around it.
	Path  []ref.ID
	Rural bool
}

const maxSpheres = 6

// clean judges d on the day today and gives it with white space and order mended.
func (d Draft) clean(known Terms, placed bool, today db.Date) (Draft, problem.Fields) {
	var bad problem.Fields
	if d.BIN = trimmed(d.BIN); d.BIN != "" {
		bin, ok := BIN(d.BIN)
		bad.Reject(!ok, "bin", "orgs.bin_wrong", "bin", d.BIN)
		if ok {
			d.BIN = bin
		}
	}
	d.Name, d.ShortName, d.Address, d.About = d.Name.Trim(), d.ShortName.Trim(), d.Address.Trim(), d.About.Trim()
	d.Head, d.Site, d.Mail, d.Phone = trimmed(d.Head), trimmed(d.Site), trimmed(d.Mail), trimmed(d.Phone)
	bad.Reject(d.Name.IsZero(), "name", "orgs.name_missing")
	bad.Reject(tooLong(d.Name, 500), "name", "orgs.too_long", "max", 500)
	bad.Reject(tooLong(d.ShortName, 120), "short_name", "orgs.too_long", "max", 120)
	bad.Reject(tooLong(d.About, 5000), "about", "orgs.too_long", "max", 5000)
	bad.Reject(len(d.Head) > 300, "head", "orgs.too_long", "max", 150)
	bad.Reject(!known(ListKinds, d.Kind), "kind", "orgs.kind_unknown")
	bad.Reject(d.LegalForm != "" && !known(ListLegalForms, d.LegalForm), "legal_form", "orgs.legal_form_unknown")
	bad.Reject(!placed, "place", "orgs.place_unknown")
	d.Spheres = d.cleanSpheres(known, &bad)
	bad.Reject(d.Founded.After(today), "founded", "orgs.founded_future")
	bad.Reject(d.Closed.After(today), "closed", "orgs.closed_future")
	bad.Reject(!d.Closed.IsZero() && d.Closed.Before(d.Founded), "closed", "orgs.closed_before_founded")
	bad.Reject(d.Site != "" && !webAddress(d.Site), "site", "orgs.site_wrong")
	bad.Reject(d.Mail != "" && !mailAddress(d.Mail), "mail", "orgs.mail_wrong")
	return d, bad
}

func (d Draft) cleanSpheres(known Terms, bad *problem.Fields) []string {
	out := []string{}
	for _, code := range d.Spheres {
		bad.Reject(!known(ListSpheres, code), "spheres", "orgs.sphere_unknown", "code", code)
		if !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	bad.Reject(len(out) > maxSpheres, "spheres", "orgs.spheres_many", "max", maxSpheres)
	return out
}

func tooLong(t i18n.Text, max int) bool {
	for _, l := range i18n.Langs {
		if len([]rune(t.Get(l))) > max {
			return true
		}
	}
	return false
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && strings.Contains(u.Host, ".")
}

func mailAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

// keptByOfficer are the fields that an officer keeps; a lead changes the others.
func (d Draft) keptByOfficer(old Draft) Draft {
	d.BIN, d.Kind, d.LegalForm, d.Name = old.BIN, old.Kind, old.LegalForm, old.Name
	d.PlaceID, d.Founded, d.Closed = old.PlaceID, old.Founded, old.Closed
	return d
}

// MayKeepRegister: an officer of the place or of a place around it.
func MayKeepRegister(by access.Actor, place Place) error {
	if by.IsPortal() || by.Has(access.Officer, place.Path...) {
		return nil
	}
	return problem.New(problem.Forbidden, "orgs.officers_only")
}

// MayEdit: those who keep the register, and the leads of the organization for
// the fields that are theirs.
func MayEdit(by access.Actor, o Organization, place Place) error {
	if by.LeadsOrg(o.ID) || MayKeepRegister(by, place) == nil {
		return nil
	}
	return problem.New(problem.Forbidden, "orgs.keepers_only")
}
