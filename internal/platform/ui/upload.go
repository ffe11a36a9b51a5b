package ui

import (
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	"birge/internal/platform/files"
	"birge/internal/platform/problem"
	"birge/internal/platform/web"
)

// MaxUpload is how much one form of several files may weigh, in bytes.
const MaxUpload = 64 << 20

// UploadField asks for files of a class, each of up to most bytes, and says which
// are taken. The doors of its form take MaxUpload.
func (t FormPage) UploadField(class files.Class, most int64) Field {
	f := t.Need("files", "files.choose")
	f.Multiple, f.Accept = true, strings.ReplaceAll(class.Names(), " ", "")
	f.Hint = t.T("files.choose_hint", "kinds", class.Names(), "most", most>>20, "all", int64(MaxUpload>>20))
	return f
}

// PeopleField asks whether persons can be recognized in a picture.
func (t FormPage) PeopleField() Field {
	return t.Choose("people", "files.people_in", t.Keyed("files.people_in.", string(files.Nobody), string(files.Adults), string(files.Children))).Needed()
}

// ReadConsent reads what ConsentFields asks; people are those in the picture.
func ReadConsent(f *web.Form, people files.People) files.Consent {
	return files.Consent{On: f.Date("consent_on"), Keeper: f.Line("keeper"), Parent: people == files.Children && f.Bool("parent")}
}

// TooMuch is what a form is told whose files weigh more than MaxUpload together, nil
// where they do not.
func TooMuch(f *web.Form) error {
	if !problem.Is(f.Err(), problem.TooLarge) {
		return nil
	}
	return &problem.Problem{Kind: problem.TooLarge, Key: "problem.too_large", Fields: problem.Fields{"files": {Key: "files.too_much", Args: []any{"most", MaxUpload >> 20}}}}
}

// Judge has each upload judged by its bytes; why one is refused stands at the field.
func Judge(r *http.Request, uploads []*multipart.FileHeader, check func(name string, body io.Reader) (*files.Checked, error)) (checked []*files.Checked, err error) {
	for _, u := range uploads {
		c, err := judge(u, check)
		if bad := problem.As(err); bad != nil && (bad.Kind == problem.TooLarge || bad.Kind == problem.Invalid && bad.Fields == nil) {
			why := web.Words(r).T(bad.Key, bad.Args...)
			return nil, problem.Fields{"files": {Key: "files.refused", Args: []any{"name", u.Filename, "why", why}}}.Err()
		}
		if err != nil {
			return nil, err
		}
		checked = append(checked, c)
	}
	return checked, nil
}

func judge(u *multipart.FileHeader, check func(name string, body io.Reader) (*files.Checked, error)) (*files.Checked, error) {
	body, err := u.Open()
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return check(u.Filename, body)
}

// ConsentFacts are what a page tells its keepers of the people in a picture.
func ConsentFacts(p Page, people files.People, c files.Consent) (list []Fact) {
	list = append(list, Fact{Label: p.T("files.people_in"), Value: p.T("files.people_in." + string(people))})
	if !c.IsZero() {
		list = append(list, Fact{Label: p.T("files.consent"), Value: p.Date(c.On) + ", " + c.Keeper})
	}
	return list
}
