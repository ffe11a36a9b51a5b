package accountsweb

import (
	"encoding/json"
	"io"
	"net/http"

	"birge/internal/accounts"
	"birge/internal/platform/problem"
	"birge/internal/platform/web"
)

// Passkeys are made and used by the browser's script alone, which speaks JSON
// with these doors; everything else works without.

// handed is what the script brings back from a ceremony.
type handed struct {
	Secret string          `json:"secret"`
	Label  string          `json:"label"`
	To     string          `json:"to"`
	Answer json.RawMessage `json:"answer"`
}

func readHanded(r *http.Request) (h handed, err error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return h, problem.Wrap(err, problem.TooLarge, "problem.too_large")
	}
	if err := json.Unmarshal(b, &h); err != nil {
		return h, problem.Wrap(err, problem.Invalid, "form.unreadable")
	}
	return h, nil
}

// answer writes JSON for the reader's own page and for no other site.
func answer(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(b)
	return err
}

func (p pages) startPasskey(w http.ResponseWriter, r *http.Request) error {
	c, err := p.accounts.StartPasskey(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return answer(w, c)
}

func (p pages) addPasskey(w http.ResponseWriter, r *http.Request) error {
	h, err := readHanded(r)
	if err != nil {
		return err
	}
	label := h.Label
	if label == "" {
		label = accounts.DeviceOf(r.UserAgent())
	}
	if err := p.accounts.AddPasskey(r.Context(), web.Actor(r), h.Secret, label, h.Answer); err != nil {
		return err
	}
	return answer(w, map[string]string{"to": web.Path(r, "/account?notice=accounts.notice.saved")})
}

func (p pages) removePasskey(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	err = p.accounts.RemovePasskey(r.Context(), web.Actor(r), id)
	return p.done(w, r, nil, err, "accounts.notice.saved")
}

func (p pages) startPasskeySignIn(w http.ResponseWriter, r *http.Request) error {
	c, err := p.accounts.StartPasskeySignIn(r.Context(), knockOf(r))
	if err != nil {
		return err
	}
	return answer(w, c)
}

func (p pages) signInByPasskey(w http.ResponseWriter, r *http.Request) error {
	h, err := readHanded(r)
	if err != nil {
		return err
	}
	e, err := p.accounts.SignInByPasskey(r.Context(), knockOf(r), h.Secret, h.Answer)
	if err != nil {
		return err
	}
	if err := p.replaceSession(w, r, e); err != nil {
		return err
	}
	return answer(w, map[string]string{"to": web.Path(r, inside(h.To))})
}
