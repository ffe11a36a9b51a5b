package accounts

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

const origin = "https://birge.example"

// device is an authenticator in a test: one key, made and used as a phone would.
type device struct {
	t     *testing.T
	key   *ecdsa.PrivateKey
	id    []byte
	user  string
	uses  uint32
	flags byte
}

func newDevice(t *testing.T) *device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	return &device{t: t, key: key, id: id, flags: 0x05} // present and verified
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// asked is what the portal asks in a ceremony.
type asked struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		User      struct {
			ID string `json:"id"`
		} `json:"user"`
	} `json:"publicKey"`
}

func (d *device) read(c Ceremony) (a asked) {
	d.t.Helper()
	b, err := json.Marshal(c.Options)
	if err == nil {
		err = json.Unmarshal(b, &a)
	}
	if err != nil || a.PublicKey.Challenge == "" {
		d.t.Fatalf("the portal asks %s: %v", b, err)
	}
	return a
}

func (d *device) client(kind, challenge, from string) []byte {
	b, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": from})
	return b
}

func (d *device) data(flags byte) []byte {
	hash := sha256.Sum256([]byte("birge.example"))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), d.uses)
}

func (d *device) answer(response map[string]string) []byte {
	b, _ := json.Marshal(map[string]any{"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "response": response})
	return b
}

// make makes the key that the portal asks for.
func (d *device) make(c Ceremony, from string) []byte {
	d.t.Helper()
	a := d.read(c)
	d.user = a.PublicKey.User.ID
	public, err := d.key.PublicKey.Bytes()
	if err != nil {
		d.t.Fatal(err)
	}
	cose, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: public[1:33], -3: public[33:]})
	if err != nil {
		d.t.Fatal(err)
	}
	data := append(d.data(d.flags|0x40), make([]byte, 16)...)
	data = append(binary.BigEndian.AppendUint16(data, uint16(len(d.id))), d.id...)
	object, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": append(data, cose...)})
	if err != nil {
		d.t.Fatal(err)
	}
	return d.answer(map[string]string{
		"clientDataJSON": b64(d.client("webauthn.create", a.PublicKey.Challenge, from)), "attestationObject": b64(object),
	})
}

// use signs what the portal asks.
func (d *device) use(c Ceremony, from string) []byte {
	d.t.Helper()
	a := d.read(c)
	d.uses++
	data, client := d.data(d.flags), d.client("webauthn.get", a.PublicKey.Challenge, from)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	if err != nil {
		d.t.Fatal(err)
	}
	return d.answer(map[string]string{
		"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": d.user,
	})
}

func TestPasskey(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.person("asel")
		h.person("other")
		_, a := h.signIn("asel")
		_, other := h.signIn("other")
		phone := newDevice(t)
		c, err := h.StartPasskey(t.Context(), a)
		h.must(err)
		made := phone.make(c, origin)
		h.want(h.AddPasskey(t.Context(), other, c.Secret, "", made), "accounts.link.over")
		h.want(h.AddPasskey(t.Context(), a, c.Secret, "", phone.make(c, "https://evil.example")), "accounts.passkey.refused")
		h.want(h.AddPasskey(t.Context(), a, c.Secret, "", []byte("{}")), "accounts.passkey.refused")
		h.must(h.AddPasskey(t.Context(), a, c.Secret, "  My   phone ", made))
		h.want(h.AddPasskey(t.Context(), a, c.Secret, "", made), "accounts.link.over")
		keys, err := h.Passkeys(t.Context(), a)
		h.must(err)
		if len(keys) != 1 || keys[0].Label != "My phone" {
			t.Fatalf("passkeys %+v", keys)
		}

		c, err = h.StartPasskeySignIn(t.Context(), home)
		h.must(err)
		used := phone.use(c, origin)
		e, err := h.SignInByPasskey(t.Context(), home, c.Secret, used)
		h.must(err)
		if b := h.actor(e.Token); b.UserID != p.ID || !b.Confirmed {
			t.Errorf("signed in as %+v", b)
		}
		_, err = h.SignInByPasskey(t.Context(), home, c.Secret, used)
		h.want(err, "accounts.link.over")

		refuse := func(d *device, from string) {
			t.Helper()
			c, err := h.StartPasskeySignIn(t.Context(), home)
			h.must(err)
			_, err = h.SignInByPasskey(t.Context(), home, c.Secret, d.use(c, from))
			h.want(err, "accounts.passkey.refused")
		}
		refuse(phone, "https://evil.example")
		forged := newDevice(t)
		forged.id, forged.user = phone.id, phone.user
		refuse(forged, origin)
		stranger := newDevice(t)
		stranger.user = b64([]byte("0000000000000"))
		refuse(stranger, origin)
		phone.flags = 0x01 // held, but not opened by its owner
		refuse(phone, origin)
		phone.flags = 0x05
		phone.uses = 0 // a copy that knows fewer uses
		refuse(phone, origin)
		phone.uses = 100
		h.must(h.Block(t.Context(), portal, p.ID, true))
		refuse(phone, origin)
		h.must(h.Block(t.Context(), portal, p.ID, false))
		_, a = h.signIn("asel")
		h.want(h.RemovePasskey(t.Context(), other, keys[0].ID), "problem.not_found")
		h.must(h.RemovePasskey(t.Context(), a, keys[0].ID))
		refuse(phone, origin)
	})
}
