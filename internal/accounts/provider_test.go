package accounts

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"birge/internal/platform/i18n"

	"github.com/go-jose/go-jose/v4"
)

// testIssuer is a provider in a test: it says what claims say, signed.
type testIssuer struct {
	*httptest.Server
	t      *testing.T
	key    *rsa.PrivateKey
	claims map[string]any
	// verifier is what the portal proved with the code.
	verifier string
}

func newIssuer(t *testing.T) *testIssuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &testIssuer{t: t, key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.say(w, map[string]any{
			"issuer": i.URL, "authorization_endpoint": i.URL + "/auth", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		i.say(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "1", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		i.verifier = r.FormValue("code_verifier")
		i.say(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": i.signed()})
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func (i *testIssuer) say(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		i.t.Error(err)
	}
}

func (i *testIssuer) signed() string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: i.key, KeyID: "1"}}, nil)
	if err != nil {
		i.t.Error(err)
		return ""
	}
	b, _ := json.Marshal(i.claims)
	s, err := signer.Sign(b)
	if err != nil {
		i.t.Error(err)
		return ""
	}
	out, _ := s.CompactSerialize()
	return out
}

const back = "https://birge.example/sign-in/from/egov"

func TestSignInByProvider(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		i := newIssuer(t)
		h.options.Providers = []Provider{{Name: "egov", Title: "eGov", Issuer: i.URL, ClientID: "birge", ClientSecret: "secret"}}
		p := h.person("asel")
		// visit goes to the provider and comes back; more changes what it says.
		visit := func(subject, email string, more map[string]any) (Arrival, error) {
			t.Helper()
			address, carried, err := h.StartProvider(t.Context(), "egov", back, "/ru/account", i18n.RU)
			h.must(err)
			u, err := url.Parse(address)
			h.must(err)
			q := u.Query()
			if q.Get("code_challenge_method") != "S256" || q.Get("redirect_uri") != back {
				t.Fatalf("the browser goes to %s", address)
			}
			now := h.clock.Now()
			i.claims = map[string]any{
				"iss": i.URL, "aud": "birge", "sub": subject, "email": email, "email_verified": true, "nonce": q.Get("nonce"),
				"iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
			}
			for k, v := range more {
				i.claims[k] = v
			}
			return h.FinishProvider(t.Context(), home, "egov", back, carried, q.Get("state"), "code")
		}

		a, err := visit("s1", "asel@example.kz", nil)
		h.must(err)
		if who := h.actor(a.Entry.Token); who.UserID != p.ID || a.To != "/ru/account" || i.verifier == "" {
			t.Errorf("signed in as %+v to %s", who, a.To)
		}
		// The identity stays the person's when the address at the provider changes.
		a, err = visit("s1", "elsewhere@example.kz", map[string]any{"email_verified": false})
		h.must(err)
		if who := h.actor(a.Entry.Token); who.UserID != p.ID {
			t.Errorf("signed in as %+v", who)
		}
		for name, more := range map[string]map[string]any{
			"another audience": {"aud": "other"}, "another errand": {"nonce": "other"}, "another issuer": {"iss": "https://evil.example"},
			"too old": {"exp": h.clock.Now().Add(-time.Minute).Unix()},
		} {
			if _, err := visit("s1", "asel@example.kz", more); keyOf(err) != "accounts.provider.refused" {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err = visit("s2", "asel@example.kz", map[string]any{"email_verified": false})
		h.want(err, "accounts.provider.no_email")

		a, err = visit("s3", "new@example.kz", nil)
		h.must(err)
		if a.Join == "" || a.Entry.Token != "" {
			t.Fatalf("somebody new arrives as %+v", a)
		}
		e, err := h.Join(t.Context(), home, a.Join, NewPerson{Name: "New", Lang: i18n.RU}, data)
		h.must(err)
		a, err = visit("s3", "", map[string]any{"email_verified": false})
		h.must(err)
		if h.actor(a.Entry.Token).UserID != h.actor(e.Token).UserID {
			t.Error("who joined by the provider is not known to it")
		}

		_, carried, err := h.StartProvider(t.Context(), "egov", back, "", i18n.RU)
		h.must(err)
		_, err = h.FinishProvider(t.Context(), home, "egov", back, carried, "another state", "code")
		h.want(err, "accounts.provider.refused")
		_, err = h.FinishProvider(t.Context(), home, "egov", back, "forged", "", "code")
		h.want(err, "accounts.provider.refused")
		_, _, err = h.StartProvider(t.Context(), "nobody", back, "", i18n.RU)
		h.want(err, "problem.not_found")
	})
}
