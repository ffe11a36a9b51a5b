package awardsweb

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"birge/internal/awards"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/pdf"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"crypto/ed25519"

	"github.com/a-h/templ"
)

// Draw draws certificates in Kazakh and Russian. base is where the portal is
// reached, for the code that leads to the page which checks it.
func Draw(words func() *i18n.Words, base func() string) func(awards.Paper) ([]byte, error) {
	return func(p awards.Paper) ([]byte, error) {
		kk := words().Printer(i18n.KK)
		o := pdf.Options{Title: kk.T("awards.paper.title") + " № " + p.Certificate.Number, Footer: "№ " + p.Certificate.Number, Made: p.Certificate.MadeAt.Time}
		if p.Certificate.Sample {
			o.Mark = kk.T("awards.paper.sample")
		}
		d := pdf.New(o)
		address := base() + "/kk" + awards.CheckPath + "#" + p.Certificate.Code
		for i, l := range []i18n.Lang{i18n.KK, i18n.RU} {
			if i > 0 {
				d.NextPage()
			}
			drawPart(d, words().Printer(l), p)
			if err := d.QR(address, words().Printer(l).T("awards.paper.check", "page", base()+"/"+string(l)+awards.CheckPath)); err != nil {
				return nil, err
			}
		}
		var b bytes.Buffer
		_, err := d.WriteTo(&b)
		return b.Bytes(), err
	}
}

func drawPart(d *pdf.Doc, say *i18n.Printer, p awards.Paper) {
	in, _ := p.Round.Nomination(p.Laureate.Nomination)
	d.Title(say.T("awards.paper.title"))
	d.Subtitle("№ " + p.Certificate.Number)
	d.Title(say.Text(p.To))
	d.Subtitle(say.T("awards.paper.laureate", "award", say.Text(p.Round.Title)))
	facts := []pdf.Fact{{Label: say.T("awards.nomination"), Value: say.Text(in.Title)}, {Label: say.T("awards.given"), Value: say.T("awards.kind." + kindOf(p.Laureate.Kind))}}
	if p.Laureate.Sum > 0 {
		facts = append(facts, pdf.Fact{Label: say.T("awards.sum"), Value: say.Money(p.Laureate.Sum, "")})
	}
	d.Facts(append(facts, pdf.Fact{Label: say.T("awards.reason"), Value: say.Text(p.Laureate.Reason)}, pdf.Fact{Label: say.T("awards.organizer"), Value: say.Text(p.Organizer)},
		pdf.Fact{Label: say.T("awards.paper.day"), Value: say.Date(p.Laureate.AwardedOn)})...)
}

// Post writes the letters of this room.
type Post struct {
	Words func() *i18n.Words
	Base  func() string // where links lead
	Send  func(ctx context.Context, tx *db.Tx, to string, lang i18n.Lang, subject, text string) error
}

// Tell tells a laureate where their certificate is.
func (p Post) Tell(ctx context.Context, tx *db.Tx, l awards.CertificateLetter) error {
	lang := l.To.Speaks()
	say := p.Words().Printer(lang)
	subject := say.T("awards.letter.subject", "award", say.Text(l.Round.Title))
	text := say.T("awards.letter.text", "award", say.Text(l.Round.Title), "number", l.Certificate.Number, "link", p.Base()+"/"+string(lang)+l.Certificate.Ref().Path)
	if !l.Certificate.SendReason.IsZero() {
		text += "\n\n" + say.Text(l.Certificate.SendReason)
	}
	return p.Send(ctx, tx, l.To.Email, lang, subject, text)
}

// certificate serves the signed file.
func (h *Pages) certificate(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	k, body, err := h.Awards.CertificateFile(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="certificate-`+k.Number+`.pdf"`)
	w.Header().Set("Cache-Control", "private, no-store")
	_, err = w.Write(body)
	return err
}

// checking is the page that checks a code: in the browser by a script, else by the
// form.
type checking struct {
	ui.FormPage
	keys, revoked string // what the script needs
	checked       *awards.Checked
}

func (h *Pages) checkForm(w http.ResponseWriter, r *http.Request) error {
	web.Touch(r, awards.KindCertificate)
	return h.showCheck(w, r, url.Values{}, nil, nil)
}

func (h *Pages) check(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	code := f.Text("code")
	f.Reject(code == "", "code", "form.required")
	err := f.Err()
	var c awards.Checked
	if err == nil {
		c, err = h.Awards.Check(r.Context(), code)
	}
	if err != nil {
		return h.showCheck(w, r, f.Values, err, nil)
	}
	return h.showCheck(w, r, f.Values, nil, &c)
}

func (h *Pages) showCheck(w http.ResponseWriter, r *http.Request, values url.Values, err error, c *awards.Checked) error {
	x := checking{checked: c}
	numbers, bad := h.Awards.Revoked(r.Context())
	if bad != nil {
		return bad
	}
	x.revoked = strings.Join(numbers, " ")
	if x.keys, bad = h.publicKeys(); bad != nil {
		return bad
	}
	return ui.ShowForm(w, r, "awards.check", values, err, func(t ui.FormPage) templ.Component {
		x.FormPage = t
		return checkFields(x)
	})
}

// publicKeys are the portal's keys as bare bytes by name, in JSON.
func (h *Pages) publicKeys() (string, error) {
	list, err := h.Keys.Public()
	if err != nil {
		return "", err
	}
	byID := map[string]string{}
	for _, k := range list {
		block, _ := pem.Decode([]byte(k.PEM))
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return "", err
		}
		if public, ok := key.(ed25519.PublicKey); ok {
			byID[k.ID] = base64.StdEncoding.EncodeToString(public)
		}
	}
	b, err := json.Marshal(byID)
	return string(b), err
}

func (x checking) facts(f awards.Facts) []ui.Fact {
	on, _ := db.ParseDate(f.On)
	return []ui.Fact{{Label: x.T("awards.number"), Value: f.Number}, {Label: x.T("awards.laureate"), Value: f.To}, {Label: x.T("awards.nomination"), Value: f.For},
		{Label: x.T("awards.award"), Value: f.Award}, {Label: x.T("awards.organizer"), Value: f.By}, {Label: x.T("awards.paper.day"), Value: x.Date(on)}}
}

// keepForm is the page on which a certificate is sent again or revoked.
func (h *Pages) keepForm(w http.ResponseWriter, r *http.Request) error {
	return h.showKeep(w, r, nil, nil)
}

func (h *Pages) showKeep(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	id, bad := web.ID(r, "id")
	if bad != nil {
		return bad
	}
	k, bad := h.Awards.KeptCertificate(r.Context(), web.Actor(r), id)
	if bad != nil {
		return bad
	}
	if values == nil {
		values = url.Values{"version": {strconv.FormatInt(k.Certificate.Version, 10)}}
	}
	return ui.ShowForm(w, r, "awards.certificate", values, err, func(t ui.FormPage) templ.Component {
		return keepFields(t, k)
	})
}

func (h *Pages) keep(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	why := f.Texts("why")
	notice := "awards.notice.sent"
	if err = f.Err(); err == nil {
		if f.Line("do") == "revoke" {
			notice = "awards.notice.revoked"
			err = h.Awards.Revoke(r.Context(), web.Actor(r), id, f.Version(), why)
		} else {
			err = h.Awards.Resend(r.Context(), web.Actor(r), id, f.Version(), why)
		}
	}
	if bad := problem.As(err); bad != nil && (bad.Kind == problem.Invalid || bad.Kind == problem.Conflict) {
		return h.showKeep(w, r, f.Values, err)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/certificates/"+id.String()+"/edit", notice)
}

// certificateOf is the certificate of a laureate, where the reader may open it.
func (v view) certificateOf(laureate ref.ID) (c awards.Certificate, ok bool) {
	for _, x := range v.Certificates {
		if x.LaureateID == laureate && (!x.Person || v.MayKeep) {
			return x, true
		}
	}
	return c, false
}
