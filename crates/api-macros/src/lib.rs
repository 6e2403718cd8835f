//! `#[derive(Call, Options, Choice)]`: turns the structs that declare the `bk` API into tables and readers.
//!
//! A field's `///` is its documentation. `Option<T>` may be left out; so may a field with `#[option(default = …)]`,
//! where the default is a Lua literal that is read as if the script had written it. `#[arg(…)]` takes `label = "…"`
//! (how messages call the argument), `optional` (an absent table of options is an empty one), `variadic` and `min = n`.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, Field, Fields, Lit, LitStr, Result, Type, parse_macro_input,
};

#[proc_macro_derive(Call, attributes(call, arg))]
pub fn derive_call(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    call(&input).unwrap_or_else(Error::into_compile_error).into()
}

#[proc_macro_derive(Options, attributes(option))]
pub fn derive_options(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    options(&input).unwrap_or_else(Error::into_compile_error).into()
}

#[proc_macro_derive(Choice, attributes(choice))]
pub fn derive_choice(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    choice(&input).unwrap_or_else(Error::into_compile_error).into()
}

fn call(input: &DeriveInput) -> Result<Tokens> {
    let ident = &input.ident;
    let doc = doc(&input.attrs);
    let (mut on, mut name, mut llb, mut example) = (quote!(Bk), None, String::new(), None);
    let mut aliases = Vec::new();
    let mut returns = quote!(::luakit_api::Ty::Nil);
    for attr in input.attrs.iter().filter(|attr| attr.path().is_ident("call")) {
        attr.parse_nested_meta(|meta| {
            let value = meta.value()?;
            if meta.path.is_ident("returns") {
                let ty: Expr = value.parse()?;
                returns = quote!(::luakit_api::Ty::#ty);
                return Ok(());
            }
            if meta.path.is_ident("on") {
                let receiver: syn::Ident = value.parse()?;
                on = quote!(#receiver);
                return Ok(());
            }
            let text: LitStr = value.parse()?;
            match meta.path.get_ident().map(ToString::to_string).as_deref() {
                Some("name") => name = Some(text.value()),
                Some("alias") => aliases.push(text.value()),
                Some("llb") => llb = text.value(),
                Some("example") => example = Some(text.value()),
                _ => return Err(meta.error("unknown key of `call`")),
            }
            Ok(())
        })?;
    }
    let name = name.ok_or_else(|| Error::new_spanned(ident, "a call needs `#[call(name = \"…\")]`"))?;
    let example = example.ok_or_else(|| Error::new_spanned(ident, "a call needs an `example`"))?;
    if doc.is_empty() {
        return Err(Error::new_spanned(ident, "a call needs documentation"));
    }

    let mut params = Vec::new();
    let mut reads = Vec::new();
    let mut names = Vec::new();
    let mut taken = quote!(0usize);
    let mut variadic_call = false;
    for (index, field) in fields(input)?.iter().enumerate() {
        let arg = ArgAttr::parse(field)?;
        let field_ident = field.ident.as_ref().ok_or_else(|| Error::new_spanned(field, "expected a name"))?;
        let param_name = unraw(field_ident);
        let label = arg.label.clone().unwrap_or_else(|| param_name.clone());
        let field_doc = doc_of(field)?;
        let (ty, optional) = match inner(&field.ty, "Option") {
            Some(inner) => (inner, true),
            None => (&field.ty, arg.optional),
        };
        let is_option = inner(&field.ty, "Option").is_some();
        let variadic = arg.variadic;
        names.push(field_ident);
        if variadic {
            let item =
                inner(&field.ty, "Vec").ok_or_else(|| Error::new_spanned(field, "variadic needs Vec<T>"))?;
            variadic_call = true;
            params.push(quote! { ::luakit_api::Param {
                name: #param_name, label: #label, ty: <#item as ::luakit_api::Arg>::TY,
                optional: false, variadic: true, doc: #field_doc,
            } });
            let min = arg.min;
            reads.push(quote! {
                let #field_ident = {
                    let mut all = ::std::vec::Vec::new();
                    let before = cx.problems.len();
                    let mut whole = true;
                    for (index, value) in args.iter().enumerate().skip(#index) {
                        match cx.argument::<_, #item>(index, "", value) {
                            Some(item) => all.push(item),
                            None => whole = false,
                        }
                    }
                    // A list in place of its items is one mistake, and not their lack as well.
                    let enough = cx.errors_since(before) || cx.at_least(args.len(), #min, #label);
                    (whole && enough).then_some(all)
                };
            });
            continue;
        }
        taken = quote!(#taken + 1);
        params.push(quote! { ::luakit_api::Param {
            name: #param_name, label: #label, ty: <#ty as ::luakit_api::Arg>::TY,
            optional: #optional, variadic: false, doc: #field_doc,
        } });
        reads.push(if is_option {
            quote! { let #field_ident = cx.optional_argument::<_, #ty>(#index, #label, args); }
        } else if optional {
            quote! { let #field_ident = cx.options_argument::<_, #ty>(#index, #label, args); }
        } else {
            quote! { let #field_ident = cx.required_argument::<_, #ty>(#index, #label, args); }
        });
    }
    let surplus = if variadic_call {
        quote!()
    } else {
        quote! {
            let taken = #taken;
            if args.len() > taken {
                cx.surplus(args.len(), taken);
                return None;
            }
        }
    };
    let bind = names.iter().map(|name| quote!(#name: #name?));
    Ok(quote! {
        impl #ident {
            pub const FUNCTION: ::luakit_api::Function = ::luakit_api::Function {
                id: ::luakit_api::FunctionId::#ident,
                receiver: ::luakit_api::Receiver::#on,
                name: #name,
                aliases: &[#(#aliases),*],
                params: &[#(#params),*],
                returns: #returns,
                doc: #doc,
                llb: #llb,
                example: #example,
            };

            /// Checks the arguments of a call. Returns `None` if one is wrong, which is then reported, or unknown.
            pub fn check<V: ::luakit_api::View>(args: &[V], cx: &mut ::luakit_api::Cx) -> Option<Self> {
                #surplus
                #(#reads)*
                Some(Self { #(#bind),* })
            }
        }
    })
}

fn options(input: &DeriveInput) -> Result<Tokens> {
    let ident = &input.ident;
    let name = ident.to_string();
    let doc = doc(&input.attrs);
    let mut table = Vec::new();
    let mut reads = Vec::new();
    let mut names = Vec::new();
    for field in fields(input)? {
        let option = OptionAttr::parse(field)?;
        let field_ident = field.ident.as_ref().ok_or_else(|| Error::new_spanned(field, "expected a name"))?;
        let key = unraw(field_ident);
        let field_doc = doc_of(field)?;
        let optional = inner(&field.ty, "Option");
        let ty = optional.unwrap_or(&field.ty);
        let required = optional.is_none() && option.default.is_none();
        let shown = match (&option.default, &option.shown) {
            (Some(literal), _) => {
                let text = lua(literal)?;
                quote!(Some(#text))
            }
            (None, Some(text)) => quote!(Some(#text)),
            (None, None) => quote!(None),
        };
        names.push(field_ident);
        table.push(quote! { ::luakit_api::Field {
            name: #key, ty: <#ty as ::luakit_api::Arg>::TY, required: #required, default: #shown, doc: #field_doc,
        } });
        reads.push(match &option.default {
            _ if optional.is_some() => {
                quote! { let #field_ident = cx.optional_option::<_, #ty>(&table, #key); }
            }
            Some(literal) => {
                let literal = view(literal)?;
                quote! { let #field_ident = cx.default_option::<_, #ty>(&table, #key, #literal); }
            }
            None => quote! { let #field_ident = cx.required_option::<_, #ty>(&table, #key, &Self::OPTIONS); },
        });
    }
    let bind = names.iter().map(|name| quote!(#name: #name?));
    Ok(quote! {
        impl #ident {
            pub const OPTIONS: ::luakit_api::Options =
                ::luakit_api::Options { name: #name, doc: #doc, fields: &[#(#table),*] };
        }

        impl ::luakit_api::Arg for #ident {
            const TY: ::luakit_api::Ty = ::luakit_api::Ty::Options(&Self::OPTIONS);

            fn read<V: ::luakit_api::View>(value: &V, cx: &mut ::luakit_api::Cx) -> Option<Self> {
                let before = cx.problems.len();
                let table = cx.options(value, &Self::OPTIONS)?;
                #(#reads)*
                let read = Self { #(#bind),* };
                (!cx.errors_since(before)).then_some(read)
            }
        }
    })
}

fn choice(input: &DeriveInput) -> Result<Tokens> {
    let ident = &input.ident;
    let name = ident.to_string();
    let doc = doc(&input.attrs);
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(ident, "a choice is an enum"));
    };
    let mut values = Vec::new();
    let mut variants = Vec::new();
    for variant in &data.variants {
        let text = variant.ident.to_string().to_lowercase();
        let variant_doc = self::doc(&variant.attrs);
        values.push(quote! { ::luakit_api::ChoiceValue { name: #text, doc: #variant_doc } });
        variants.push(&variant.ident);
    }
    Ok(quote! {
        impl #ident {
            pub const CHOICE: ::luakit_api::Choice =
                ::luakit_api::Choice { name: #name, doc: #doc, values: &[#(#values),*] };
            const ALL: &'static [Self] = &[#(Self::#variants),*];

            /// Returns the value as a script writes it.
            pub fn name(self) -> &'static str {
                Self::CHOICE.values[self as usize].name
            }
        }

        impl ::luakit_api::Arg for #ident {
            const TY: ::luakit_api::Ty = ::luakit_api::Ty::Choice(&Self::CHOICE);

            fn read<V: ::luakit_api::View>(value: &V, cx: &mut ::luakit_api::Cx) -> Option<Self> {
                cx.choice(value, &Self::CHOICE).and_then(|index| Self::ALL.get(index).copied())
            }
        }
    })
}

#[derive(Default)]
struct ArgAttr {
    label: Option<String>,
    optional: bool,
    variadic: bool,
    /// The least number of variadic arguments.
    min: usize,
}

impl ArgAttr {
    fn parse(field: &Field) -> Result<Self> {
        let mut parsed = Self::default();
        for attr in field.attrs.iter().filter(|attr| attr.path().is_ident("arg")) {
            attr.parse_nested_meta(|meta| {
                if meta.path.is_ident("optional") {
                    parsed.optional = true;
                } else if meta.path.is_ident("variadic") {
                    parsed.variadic = true;
                } else if meta.path.is_ident("min") {
                    parsed.min = meta.value()?.parse::<syn::LitInt>()?.base10_parse()?;
                } else if meta.path.is_ident("label") {
                    parsed.label = Some(meta.value()?.parse::<LitStr>()?.value());
                } else {
                    return Err(meta.error("unknown key of `arg`"));
                }
                Ok(())
            })?;
        }
        Ok(parsed)
    }
}

#[derive(Default)]
struct OptionAttr {
    /// A literal that stands in for what was not written.
    default: Option<Lit>,
    /// A default that is made elsewhere, in words.
    shown: Option<String>,
}

impl OptionAttr {
    fn parse(field: &Field) -> Result<Self> {
        let mut parsed = Self::default();
        for attr in field.attrs.iter().filter(|attr| attr.path().is_ident("option")) {
            attr.parse_nested_meta(|meta| {
                if meta.path.is_ident("default") {
                    parsed.default = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("shown") {
                    parsed.shown = Some(meta.value()?.parse::<LitStr>()?.value());
                } else {
                    return Err(meta.error("unknown key of `option`"));
                }
                Ok(())
            })?;
        }
        Ok(parsed)
    }
}

fn fields(input: &DeriveInput) -> Result<Vec<&Field>> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) => Ok(named.named.iter().collect()),
            Fields::Unit => Ok(Vec::new()),
            Fields::Unnamed(fields) => Err(Error::new_spanned(fields, "expected named fields")),
        },
        _ => Err(Error::new_spanned(&input.ident, "expected a struct")),
    }
}

/// Returns the `T` of `wrapper<T>`.
fn inner<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == wrapper)?;
    match &last.arguments {
        syn::PathArguments::AngleBracketed(args) => args.args.iter().find_map(|arg| match arg {
            syn::GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    }
}

fn unraw(ident: &syn::Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

fn doc_of(field: &Field) -> Result<String> {
    let text = doc(&field.attrs);
    if text.is_empty() { Err(Error::new_spanned(field, "needs documentation")) } else { Ok(text) }
}

fn doc(attrs: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        if let syn::Meta::NameValue(meta) = &attr.meta
            && let Expr::Lit(literal) = &meta.value
            && let Lit::Str(text) = &literal.lit
        {
            let line = text.value();
            lines.push(line.strip_prefix(' ').unwrap_or(&line).to_owned());
        }
    }
    lines.join("\n").trim().to_owned()
}

/// Writes a literal as a script would.
fn lua(literal: &Lit) -> Result<String> {
    match literal {
        Lit::Str(text) => Ok(format!("{:?}", text.value())),
        Lit::Bool(value) => Ok(value.value.to_string()),
        Lit::Int(number) => Ok(number.base10_digits().to_owned()),
        other => Err(Error::new_spanned(other, "expected a string, a boolean or an integer")),
    }
}

fn view(literal: &Lit) -> Result<Tokens> {
    match literal {
        Lit::Str(text) => Ok(quote!(::luakit_api::Literal::String(#text))),
        Lit::Bool(value) => Ok(quote!(::luakit_api::Literal::Boolean(#value))),
        Lit::Int(number) => {
            let number: f64 = number.base10_parse()?;
            Ok(quote!(::luakit_api::Literal::Number(#number)))
        }
        other => Err(Error::new_spanned(other, "expected a string, a boolean or an integer")),
    }
}
