import { METHODS, QBWC_NAMESPACE, type Method } from "./methods.ts";
import { escapeXml } from "./reply.ts";

const SERVICE = "QuickBooksWebConnector";

/** `GET /qbwc?wsdl`: the contract, described from the table of its methods. */
export const wsdl = (address: string): Response =>
  new Response(description(address), {
    headers: { "content-type": "text/xml; charset=utf-8", "cache-control": "no-store" },
  });

const methods = Object.keys(METHODS) as Method[];

const description = (address: string): string => `<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:tns="${QBWC_NAMESPACE}" targetNamespace="${QBWC_NAMESPACE}">
  <wsdl:documentation>The door of Evenbooks for the QuickBooks Web Connector</wsdl:documentation>
  <wsdl:types>
    <s:schema elementFormDefault="qualified" targetNamespace="${QBWC_NAMESPACE}">
      <s:complexType name="ArrayOfString">
        <s:sequence>
          <s:element minOccurs="0" maxOccurs="unbounded" name="string" nillable="true" type="s:string"/>
        </s:sequence>
      </s:complexType>
${methods.map(elements).join("\n")}
    </s:schema>
  </wsdl:types>
${methods.map(messages).join("\n")}
  <wsdl:portType name="${SERVICE}Soap">
${methods.map(operation).join("\n")}
  </wsdl:portType>
  <wsdl:binding name="${SERVICE}Soap" type="tns:${SERVICE}Soap">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
${methods.map(binding).join("\n")}
  </wsdl:binding>
  <wsdl:service name="${SERVICE}">
    <wsdl:port name="${SERVICE}Soap" binding="tns:${SERVICE}Soap">
      <soap:address location="${escapeXml(address)}"/>
    </wsdl:port>
  </wsdl:service>
</wsdl:definitions>
`;

const TYPES = { string: "s:string", int: "s:int", strings: "tns:ArrayOfString" };

function elements(method: Method): string {
  const { parameters, result } = METHODS[method];
  return `${element(method, Object.entries(parameters))}
${element(`${method}Response`, [[`${method}Result`, result]])}`;
}

function element(name: string, parts: [name: string, type: keyof typeof TYPES][]): string {
  // A number is always there, as in Intuit's own description.
  const lines = parts.map(
    ([part, type]) =>
      `            <s:element minOccurs="${type === "int" ? 1 : 0}" maxOccurs="1" name="${part}" type="${TYPES[type]}"/>`,
  );
  const inside = lines.length === 0 ? "" : `\n${lines.join("\n")}\n          `;
  return `      <s:element name="${name}">
        <s:complexType>
          <s:sequence>${inside}</s:sequence>
        </s:complexType>
      </s:element>`;
}

const messages = (method: Method): string =>
  `  <wsdl:message name="${method}SoapIn"><wsdl:part name="parameters" element="tns:${method}"/></wsdl:message>
  <wsdl:message name="${method}SoapOut"><wsdl:part name="parameters" element="tns:${method}Response"/></wsdl:message>`;

const operation = (method: Method): string => `    <wsdl:operation name="${method}">
      <wsdl:documentation>${escapeXml(METHODS[method].about)}</wsdl:documentation>
      <wsdl:input message="tns:${method}SoapIn"/>
      <wsdl:output message="tns:${method}SoapOut"/>
    </wsdl:operation>`;

const binding = (method: Method): string => `    <wsdl:operation name="${method}">
      <soap:operation soapAction="${QBWC_NAMESPACE}${method}" style="document"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>`;
